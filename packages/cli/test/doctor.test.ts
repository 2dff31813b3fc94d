import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AzureSim, actions } from '@keyturn/azure-sim'
import { Coordinator } from '@keyturn/coordinator'
import t from 'tap'
import { startAzure } from './support/azure.ts'
import { keyturn } from './support/host.ts'

const configured = (azure: AzureSim, folder: string, port = 0) => {
  const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody has a key' } as const
  const config = {
    dataDirectory: join(folder, 'data'),
    listen: { port },
    turnMs: 10,
    accounts: [
      {
        name: 'orders',
        account: azure.accountId,
        endpoint: azure.endpoint,
        armEndpoint: azure.armEndpoint,
        vault: { url: azure.vaultUrl, secret: 'orders-keyset' },
        policy: { fleet: word, evidence: word },
      },
    ],
  }
  const path = join(folder, 'coordinator.json')
  writeFileSync(path, JSON.stringify(config))
  return { config, path }
}

t.test(
  'the doctor tells what is so and what to do, and its exit code says whether it is well',
  async t => {
    const azure = await startAzure(t)
    const { config, path } = configured(azure, t.testdir())
    const coordinator = await new Coordinator({ config, credential: azure.credential }).start()
    t.teardown(() => coordinator.stop())
    const ask = (...more: string[]) =>
      keyturn(
        ['doctor', '--config', path, '--coordinator', coordinator.url, ...more],
        azure.environment(),
      )

    const fresh = await ask()
    t.match(fresh, { code: 0, err: '' })
    t.match(fresh.out, `orders  ${azure.accountId}\n`)
    t.match(fresh.out, /^ {2}✓ rights {6}This identity may read the account/m)
    t.match(fresh.out, /^ {2}! coordinator NOT_ADOPTED: .+\n {16}→ Run keyturn init/m)
    t.match(fresh.out, /^ {2}Nothing is wrong; mind the warnings\. \(2 warning, 1 unasked\)$/m)

    azure.setLocks([{ level: 'ReadOnly', scope: 'subscription' }])
    const locked = await ask('--json')
    t.equal(locked.code, 1)
    const [account] = JSON.parse(locked.out).accounts
    t.match(account, { name: 'orders', verdict: 'wrong' })
    t.match(
      account.findings.find((one: { check: string }) => one.check === 'locks'),
      { verdict: 'wrong', code: 'LOCK_READ_ONLY', remedy: /az lock delete --ids \/subscriptions/ },
    )
    const key = azure.account.shown('primary').key.value
    t.notOk(`${fresh.out}${locked.out}`.includes(key), 'no key is shown')
  },
)

t.test('the role that it asks for is one that Azure takes', async t => {
  const azure = await startAzure(t)
  const { path } = configured(azure, t.testdir())
  const { code, out } = await keyturn(['doctor', '--config', path, '--role'])
  t.equal(code, 0)
  const role = JSON.parse(out)
  t.match(role, { Name: 'Keyturn Coordinator', IsCustom: true, DataActions: [] })
  for (const action of [actions.accountRead, actions.listKeys, actions.regenerateKey]) {
    t.ok(role.Actions.includes(action), action)
  }
  t.same(role.AssignableScopes, [azure.accountId.split('/').slice(0, 5).join('/')])
})

t.test('a coordinator of this machine is found wherever it listens', async t => {
  const azure = await startAzure(t)
  const { config, path } = configured(azure, t.testdir())
  const coordinator = await new Coordinator({ config, credential: azure.credential }).start()
  t.teardown(() => coordinator.stop())
  const plain = { acceptedBy: 'the test', reason: 'it does not leave the machine' }
  const listen = { host: '0.0.0.0', port: Number(new URL(coordinator.url).port), plain }
  writeFileSync(path, JSON.stringify({ ...config, listen }))
  const { out } = await keyturn(['doctor', '--config', path], azure.environment())
  t.match(out, /^ {2}! coordinator NOT_ADOPTED: /m)
})

t.test('a coordinator that does not answer, and an account that is not configured', async t => {
  const azure = await startAzure(t)
  const { path } = configured(azure, t.testdir({ token: 'secret' }))
  const token = join(t.testdirName, 'token')
  const named = ['--coordinator', 'http://127.0.0.1:1', '--token-file', token]
  const { out, code } = await keyturn(['doctor', '--config', path, ...named], azure.environment())
  t.equal(code, 0)
  t.match(out, /^ {2}\? coordinator COORDINATOR_SILENT: .+127\.0\.0\.1:1/m)
  t.match(await keyturn(['doctor', '--config', path, '--account', 'archive']), {
    code: 2,
    err: /no account archive: there is orders/,
  })
})
