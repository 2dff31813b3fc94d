import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { keyVault } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { keyset, newKey } from './helpers/keysets.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { LogLines } from './helpers/log-lines.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'

const everyFile = async (directory: string): Promise<string> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const texts = entries
    .filter(entry => entry.isFile())
    .map(entry => readFile(join(entry.parentPath, entry.name), 'latin1'))
  return (await Promise.all(texts)).join('\n')
}

t.test('no key is in any log, report, file, status, metric, problem or inspection', async t => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const lines = new LogLines()
  const used: string[] = []
  const seen: string[] = []
  let version = 0
  let value = ''
  const put = (text: string) => {
    version += 1
    value = text
  }
  const good = (change: object) => {
    const document = keyset({ version: version + 1, ...change })
    used.push(document.keys.primary, document.keys.secondary)
    put(JSON.stringify(document))
  }
  const source = keyVault({
    vaultUrl: 'https://v.vault.azure.net',
    secretName: 'orders',
    client: {
      getSecret: async () => ({ value, properties: { version: String(version) } }),
    },
  })
  const look = () => source.refresh('requested', AbortSignal.timeout(5_000)).catch(() => undefined)
  const socket = join(directory, 'keyturn.sock')
  const sidecar = new Sidecar({
    name: 'pod-1',
    source,
    socket,
    stateDirectory: join(directory, 'state'),
    coordinator: { url: coordinator.url, token: 'member-token' },
    log: lines.log,
  })
  good({ fenced: ['secondary'] })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const application = new TestProcess(t, './application.ts', [socket, 'app'])
  await application.until(({ is }) => is === 'swapped')

  t.comment('swaps, and what no keyset should be: each with keys in it')
  good({ active: 'secondary' })
  await look()
  await application.until(({ is, version: v }) => is === 'swapped' && v === 2)
  const secret = newKey()
  used.push(secret)
  const account = keyset().account.replace('orders', 'other')
  for (const text of [
    `{"keys":{"primary":"${secret}"`,
    JSON.stringify({ ...keyset({ version: 9 }), [secret]: secret, keys: { primary: secret } }),
    JSON.stringify(keyset({ version: 9, account, keys: { primary: secret, secondary: secret } })),
    JSON.stringify(keyset({ version: 1, keys: { primary: secret, secondary: secret } })),
    secret,
  ]) {
    put(text)
    await look()
    seen.push(JSON.stringify(source.status()))
  }
  await lines.until('source-failed')

  t.comment('clients that send keys where none belongs')
  for (const body of [
    attachment(secret),
    usage(1, { [secret]: secret }),
    `{"held":"${secret}"`,
    JSON.stringify({ name: secret }),
  ]) {
    for (const [method, path] of [
      ['PUT', '/v1/clients/c-1'],
      ['POST', '/v1/clients/c-1/usage'],
      ['DELETE', `/v1/clients/${encodeURIComponent(secret)}`],
    ] as const) {
      seen.push((await ask(socket, method, path, { body })).text)
    }
  }
  seen.push(JSON.stringify(sidecar.status()), inspect(sidecar, { depth: 20, showHidden: true }))
  for (const path of ['/metrics', '/openapi.json', '/readyz', '/healthz']) {
    seen.push((await ask(socket, 'GET', path)).text)
  }
  await coordinator.until(({ held }) => held?.version === 2)
  application.send('stop')
  await application.exited()
  await sidecar.stop()

  const everything = [
    ...seen,
    ...lines.raw,
    JSON.stringify(coordinator.reports),
    application.output,
    await everyFile(directory),
  ].join('\n')
  t.match(everything, /keyset-swapped/, 'there is something to search')
  t.match(everything, createHash('sha256').update(`keyturn:${used[0]}`).digest('hex').slice(0, 16))
  for (const key of used) {
    const raw = Buffer.from(key, 'base64')
    for (const form of [key, key.slice(0, 40), raw.toString('hex'), raw.toString('base64url')]) {
      t.notOk(everything.includes(form), 'no key in any form')
    }
    t.notOk(everything.includes(raw.toString('latin1')), 'not in raw bytes')
  }
})
