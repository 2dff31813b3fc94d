import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keysetDocumentSchema } from '@keyturn/protocol'
import t from 'tap'
import { startAzure } from './support/azure.ts'
import { keyturn } from './support/host.ts'

t.test('a vault is repaired by one command, which says what it wrote', async t => {
  const azure = await startAzure(t)
  const folder = t.testdir()
  const path = join(folder, 'coordinator.json')
  const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' }
  const account = {
    account: azure.accountId,
    endpoint: azure.endpoint,
    armEndpoint: azure.armEndpoint,
    vault: { url: azure.vaultUrl, secret: 'orders-keyset' },
    policy: { fleet: word, evidence: word },
  }
  const accounts = [{ name: 'orders', ...account }]
  writeFileSync(path, JSON.stringify({ dataDirectory: folder, listen: { port: 0 }, accounts }))
  const ask = (...more: string[]) =>
    keyturn(['publish', '--config', path, ...more], azure.environment())

  t.match(await ask('--reason', 'gone'), { code: 2, err: /--from-arm/ })
  t.match(await ask('--from-arm'), { code: 2, err: /--reason/ })
  t.match(await ask('--from-arm', '--reason', 'gone', '--above-version', 'x'), { code: 2 })
  t.match(await ask('--from-arm', '--reason', 'gone', '--account', 'none'), {
    code: 2,
    err: /no account none: there is orders/,
  })
  t.match(await ask('--from-arm', '--reason', 'gone'), {
    code: 1,
    err: /^keyturn: VERSION_UNKNOWN: .+--above-version\.\n$/,
  })
  const written = await ask(
    ...['--from-arm', '--reason', 'gone', '--as', 'ada', '--above-version', '6'],
  )
  t.match(written, { code: 0, err: '', out: /^Version 7 stands in Key Vault: primary signs\.$/m })
  const value = azure.secrets.get('orders-keyset')?.versions.at(-1)?.value ?? ''
  const keyset = keysetDocumentSchema.parse(JSON.parse(value))
  t.match(keyset, { version: 7, repaired: { by: 'ada', reason: 'gone' }, installation: null })
  t.notOk(written.out.includes(keyset.keys.primary), 'no key is shown')
  t.match(await ask('--from-arm', '--reason', 'again'), { code: 1, err: /REPAIR_UNNEEDED/ })
  const forced = await ask('--from-arm', '--reason', 'again', '--force', '--json')
  t.match(JSON.parse(forced.out), { version: 8, forced: ['REPAIR_UNNEEDED'] })
})
