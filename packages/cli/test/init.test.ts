import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Coordinator, coordinatorConfigSchema } from '@keyturn/coordinator'
import t from 'tap'
import { startAzure } from './support/azure.ts'
import { keyturn } from './support/host.ts'

t.test('a first configuration is written from what Azure says, and adopts the account', async t => {
  const azure = await startAzure(t)
  const folder = t.testdir()
  const path = join(folder, 'coordinator.json')
  const init = (...more: string[]) => keyturn(['init', ...more], azure.environment())
  const before = ['primary', 'secondary'].map(
    kind => azure.account.shown(kind as 'primary').key.value,
  )

  t.match(await init('--write', path), { code: 2, err: /--cosmos-account and --vault/ })
  const about = [
    ...['--write', path, '--cosmos-account', azure.accountId, '--vault', azure.vaultUrl],
    ...['--arm-endpoint', azure.armEndpoint, '--account', 'orders', '--member', 'orders-1'],
  ]
  t.match(await init(...about, '--member', 'orders-2', '--port', '0'), {
    code: 0,
    out: /^Wrote .+coordinator\.json, for https:\/\/localhost.+ Nothing was changed in Azure\.$/m,
  })
  t.same(azure.secrets.list(), [])
  const config = coordinatorConfigSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  t.match(config.accounts, [
    {
      name: 'orders',
      endpoint: azure.endpoint,
      vault: { secret: 'orders-keyset' },
      policy: {
        fleet: { is: 'members', names: ['orders-1', 'orders-2'] },
        evidence: { is: 'azure' },
      },
    },
  ])
  t.match(await init(...about), { code: 2, err: /it is there already/ }, 'never over another one')
  t.match(await init(...about.with(3, `${azure.accountId}-x`).with(1, `${path}.x`)), {
    code: 1,
    err: /ACCOUNT_UNREADABLE/,
  })

  const coordinator = await new Coordinator({ config, credential: azure.credential }).start()
  t.teardown(() => coordinator.stop())
  const { code, out } = await init('--config', path, '--coordinator', coordinator.url)
  t.equal(code, 0)
  t.match(out, /^orders is adopted: version 1, primary signs\. No key was changed\.$/m)
  t.match(out, `--vault ${azure.vaultUrl} --secret orders-keyset`.split(' --secret')[0])
  t.match(out, /az role assignment create .+ --role "Keyturn Coordinator" --scope "\/subscriptions/)
  t.match(out, /az role assignment create .+ --role "Key Vault Secrets User"/)
  t.match(out, `--coordinator ${coordinator.url}`)
  const after = ['primary', 'secondary'].map(
    kind => azure.account.shown(kind as 'primary').key.value,
  )
  t.same(after, before, 'no key was changed')
  for (const key of after) t.notOk(out.includes(key), 'nor shown')
})

t.test('a trial has spans of seconds, and waits for nobody by name', async t => {
  const azure = await startAzure(t)
  const path = join(t.testdir(), 'coordinator.json')
  const { code } = await keyturn(
    [
      ...['init', '--write', path, '--trial', '--cosmos-account', azure.accountId],
      ...['--vault', azure.vaultUrl, '--arm-endpoint', azure.armEndpoint],
    ],
    azure.environment(),
  )
  t.equal(code, 0)
  const config = coordinatorConfigSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  t.match(config.accounts[0]?.policy, {
    fleet: { atLeast: 1 },
    evidence: { is: 'none', reason: 'a trial' },
    limits: { bakeMs: 3_000 },
  })
})
