import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sidecarSettings } from '@keyturn/sidecar'
import t from 'tap'
import { keyturn } from './support/host.ts'

interface Shown {
  readonly settings: readonly { name: string; value: unknown; from: string | null }[]
}

const shown = async (argv: readonly string[], env: Record<string, string> = {}) => {
  const { code, out, err } = await keyturn([...argv, '--show-config', '--json'], env)
  t.match({ code, err }, { code: 0, err: '' })
  const { settings } = JSON.parse(out) as Shown
  return {
    names: settings.map(({ name }) => name),
    of: (name: string) => {
      const { value, from } = settings.find(setting => setting.name === name) ?? {}
      return [value, from]
    },
  }
}

t.test('a sidecar says which flag, variable or file each setting came from', async t => {
  const folder = t.testdir({
    'sidecar.json': JSON.stringify({
      name: 'of-the-file',
      keyVault: { url: 'https://file.vault.azure.net', secret: 'of-the-file' },
      files: { directory: '/of/the/file' },
      tcp: { port: 1 },
    }),
  })
  const file = join(folder, 'sidecar.json')
  const env = {
    ...{ KEYTURN_SIDECAR_CONFIG: file, KEYTURN_SECRET: 'of-the-variable', KEYTURN_TCP_PORT: '2' },
    // What an operator has exported in the same shell reaches the sidecar as well: it is seen here.
    KEYTURN_TOKEN_FILE: '/home/ada/operator.token',
  }
  const render = '{"consumer":"billing","path":"/out/env","format":"env"}'
  const argv = ['sidecar', '--tcp-port', '3', '--render', render]
  const { names, of } = await shown(argv, env)
  t.same(
    names,
    sidecarSettings.map(({ path }) => path),
    'each setting, and no other',
  )
  t.same(of('tcp.port'), [3, '--tcp-port'])
  t.same(of('keyVault.secret'), ['of-the-variable', 'KEYTURN_SECRET'])
  t.same(of('files.directory'), ['/of/the/file', file])
  t.same(of('coordinator.tokenFile'), ['/home/ada/operator.token', 'KEYTURN_TOKEN_FILE'])
  t.same(of('holdMs'), [null, null])
  t.same(of('render'), [[JSON.parse(render)], '--render'])
  t.same(of('name'), ['of-the-file', file])
  const { out } = await keyturn([...argv, '--show-config'], env)
  t.match(out, /^setting +value +from\nname +of-the-file +.*sidecar\.json$/m)
  t.match(out, /^tcp\.port +3 +--tcp-port$/m)
  t.match(out, /^holdMs +– +not set$/m)
  const pod = { KEYTURN_POD_UID: 'u', KEYTURN_POD_NAMESPACE: 'shop', KEYTURN_POD_NAME: 'orders-7' }
  t.same((await shown(['sidecar'], pod)).of('name'), ['orders-7', 'KEYTURN_POD_NAME'])
  t.match(await keyturn(['sidecar', '--show-config', '--tcp-port', 'x']), {
    ...{ code: 2, out: '' },
    err: /--tcp-port is wrong/,
  })
})

t.test('a coordinator says what its file says, and what holds where it says nothing', async t => {
  const word = { is: 'none', acceptedBy: 'ada', reason: 'a test' }
  const id = '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg/providers'
  const folder = t.testdir({
    'coordinator.json': JSON.stringify({
      dataDirectory: 'data',
      listen: { port: 9443 },
      accounts: [
        {
          name: 'orders',
          account: `${id}/Microsoft.DocumentDB/databaseAccounts/orders`,
          endpoint: 'https://localhost:1/',
          vault: { url: 'https://localhost:1', secret: 'keys' },
          policy: {
            fleet: { is: 'members', names: ['orders-1', 'orders-2'] },
            evidence: word,
            limits: { bakeMs: 5_000 },
          },
        },
      ],
    }),
  })
  const file = join(folder, 'coordinator.json')
  const { of } = await shown(['coordinator', '--config', file])
  t.same(of('listen.port'), [9443, file])
  t.same(of('listen.host'), ['127.0.0.1', 'default'])
  t.same(of('turnMs'), [1_000, 'default'])
  t.same(of('accounts.0.pair'), ['readWrite', 'default'])
  t.same(of('accounts.0.policy.fleet.names'), [['orders-1', 'orders-2'], file])
  t.same(of('accounts.0.policy.limits.bakeMs'), [5_000, file])
  t.same(of('accounts.0.policy.limits.quietMs')[1], 'default')
  t.type(of('accounts.0.policy.limits.quietMs')[0], 'number')
  t.same(of('accounts.0.policy.azureRefusal'), ['heed', 'default'])
  const { out } = await keyturn(['coordinator', '--config', file, '--show-config'])
  t.match(out, /^accounts\.0\.policy\.limits\.bakeMs +5000 +.*coordinator\.json$/m)
  t.notOk(existsSync(join(folder, 'data')), 'nothing is started')
})

t.test('what is not JSON is asked for with --show-config only', async t => {
  t.match(await keyturn(['sidecar', '--json']), { code: 2, err: /--show-config/ })
  const argv = ['coordinator', '--config', '/nowhere.json', '--json']
  t.match(await keyturn(argv), { code: 2, err: /--show-config/ })
})
