import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { armRequest, rawRequest, trust } from '../clients.ts'

const sim = await AzureSim.start({
  seed: 17,
  principals: {
    coordinator: {
      actions: ['Microsoft.Authorization/permissions/read', 'Microsoft.KeyVault/vaults/secrets/*'],
      roles: ['Cosmos DB Operator'],
    },
    stranger: { actions: [] },
  },
})
t.teardown(() => sim.stop())
trust(sim)
const group = sim.accountId.split('/').slice(0, 5).join('/')
const subscription = sim.accountId.split('/').slice(0, 3).join('/')
const below = '/providers/Microsoft.Authorization'

const askAs = async (name: string, path: string, version: string) => {
  const { token } = await sim.credentialOf(name).getToken('https://management.azure.com/.default')
  const headers = { authorization: `Bearer ${token}` }
  return rawRequest(`${sim.armEndpoint}${path}?api-version=${version}`, { headers })
}

t.test('a caller is told what each of its roles grants at the account', async t => {
  const path = `${sim.accountId}${below}/permissions`
  t.same((await askAs('coordinator', path, '2022-04-01')).body, {
    value: [
      {
        actions: ['Microsoft.Authorization/permissions/read'],
        notActions: [],
        dataActions: ['Microsoft.KeyVault/vaults/secrets/*'],
        notDataActions: [],
      },
      {
        actions: ['Microsoft.DocumentDB/databaseAccounts/*'],
        notActions: ['readonlyKeys', 'regenerateKey', 'listKeys', 'listConnectionStrings'].map(
          name => `Microsoft.DocumentDB/databaseAccounts/${name}/*`,
        ),
        dataActions: [],
        notDataActions: [],
      },
    ],
  })
  t.match(await askAs('stranger', path, '2022-04-01'), {
    status: 403,
    body: { error: { code: 'AuthorizationFailed', message: /permissions\/read/ } },
  })
  t.match(await askAs('coordinator', path, '2026-03-15'), {
    status: 400,
    body: { error: { message: /for type 'permissions'.*2022-04-01/ } },
  })
})

t.test('locks are listed where they lie and below, never where they are inherited', async t => {
  const at = async (scope: string) => {
    const { body } = await armRequest(sim, 'GET', `${scope}${below}/locks`, {
      version: '2020-05-01',
    })
    return (body as { value: { id: string; properties: object }[] }).value
  }
  t.same(await at(sim.accountId), [])
  sim.setLocks([{ level: 'CanNotDelete' }, { level: 'ReadOnly', scope: 'resourceGroup' }])
  t.match(await at(sim.accountId), [
    { id: `${sim.accountId}${below}/locks/lock-1`, properties: { level: 'CanNotDelete' } },
  ])
  t.equal((await at(sim.accountId)).length, 1)
  t.equal((await at(group)).length, 2)
  t.match((await at(subscription))[1], { id: `${group}${below}/locks/lock-2` })
  t.match(await askAs('coordinator', `${group}${below}/locks`, '2020-05-01'), {
    status: 403,
    body: { error: { message: new RegExp(`over scope '${group}'`) } },
  })
})
