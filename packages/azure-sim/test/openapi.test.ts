import t from 'tap'
import { AzureSim } from '../src/index.ts'
import { armRequest, type RawAnswer, rawRequest, trust } from './clients.ts'
import { readOpenApi } from './openapi.ts'
import { azureSpec } from './specs.ts'

const sim = await AzureSim.start({ seed: 91, regeneration: { durationMs: 60_000 } })
t.teardown(() => sim.stop())
trust(sim)
const { skip } = azureSpec

const provider = '/providers/Microsoft.DocumentDB/databaseAccounts'
const group = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}'
const account = `${group}${provider}/{accountName}`

t.test('ARM’s answers are as its OpenAPI document says', { skip }, async t => {
  const folder = 'arm/swagger/stable/2024-08-15'
  const openApi = await readOpenApi(`${folder}/cosmos-db.json`, ['arm/common-types-v1.json'])
  const version = '2024-08-15'
  const check = (path: string, method: string, answer: RawAnswer) =>
    t.same(openApi.complaints(path, method, answer.status, answer.body), [], `${method} ${path}`)
  const call = async (method: string, end: string, body?: unknown) =>
    check(
      `${account}${end}`,
      method,
      await armRequest(sim, method.toUpperCase(), end, { version, body }),
    )
  await call('get', '')
  await call('patch', '', { tags: { a: 'b' }, properties: { disableLocalAuth: false } })
  await call('post', '/listKeys')
  await call('post', '/readonlykeys')
  await call('get', '/readonlykeys')
  await call('post', '/listConnectionStrings')
  const subscription = sim.accountId.split('/').slice(0, 3).join('/')
  const everywhere = await armRequest(sim, 'GET', `${subscription}${provider}`, { version })
  check(`/subscriptions/{subscriptionId}${provider}`, 'get', everywhere)
  const inGroup = sim.accountId.split('/').slice(0, 5).join('/')
  const some = await armRequest(sim, 'GET', `${inGroup}${provider}`, { version })
  check(`${group}${provider}`, 'get', some)
})

t.test('a misspelt property would be a complaint', { skip }, async t => {
  const openApi = await readOpenApi('arm/swagger/stable/2024-08-15/cosmos-db.json', [
    'arm/common-types-v1.json',
  ])
  const body = { primaryMasterKey: 'x', primaryReadOnlyMasterKey: 'y' }
  t.not(openApi.complaints(`${account}/listKeys`, 'post', 200, body).length, 0)
  t.not(openApi.complaints(account, 'get', 200, { properties: { keysMetadata: [] } }).length, 0)
})

t.test('the vault’s answers are as its OpenAPI document says', { skip }, async t => {
  const folder = 'keyvault/stable/7.5'
  const openApi = await readOpenApi(`${folder}/secrets.json`, [`${folder}/common.json`])
  const { token } = await sim.credential.getToken('https://vault.azure.net/.default')
  const headers = { authorization: `Bearer ${token}` }
  const call = async (method: string, path: string, real: string, body?: unknown) => {
    const answer = await rawRequest(`${sim.vaultUrl}${real}?api-version=7.5`, {
      method: method.toUpperCase(),
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    t.same(openApi.complaints(path, method, answer.status, answer.body), [], `${method} ${real}`)
    return answer.body
  }
  const name = '/secrets/{secret-name}'
  const gone = '/deletedsecrets/{secret-name}'
  const attributes = { enabled: true, exp: 1_900_000_000, nbf: 1_500_000_000 }
  const full = { value: 'v', contentType: 'text/plain', tags: { a: 'b' }, attributes }
  await call('put', name, '/secrets/one', full)
  await call('put', name, '/secrets/one', { value: 'bare' })
  await call('put', name, '/secrets/two', { value: 2 })
  await call('get', `${name}/{secret-version}`, '/secrets/one/')
  await call('get', `${name}/{secret-version}`, '/secrets/nothing/')
  await call('patch', `${name}/{secret-version}`, '/secrets/one/', { tags: {} })
  await call('get', '/secrets', '/secrets')
  await call('get', `${name}/versions`, '/secrets/one/versions')
  const backup = await call('post', `${name}/backup`, '/secrets/one/backup')
  await call('post', '/secrets/restore', '/secrets/restore', backup)
  await call('delete', name, '/secrets/one')
  await call('put', name, '/secrets/one', full)
  await call('get', gone, '/deletedsecrets/one')
  await call('get', '/deletedsecrets', '/deletedsecrets')
  await call('post', `${gone}/recover`, '/deletedsecrets/one/recover')
  await call('delete', name, '/secrets/one')
  await call('delete', gone, '/deletedsecrets/one')
  await call('post', '/secrets/restore', '/secrets/restore', backup)
})
