import t from 'tap'
import { AzureSim, actions } from '../../src/index.ts'
import { rawRequest, secretClient, trust } from '../clients.ts'

const sim = await AzureSim.start({
  seed: 21,
  // What takes time in the vault has its own tests, on virtual time.
  weather: { vault: { deleteMs: 0, recoverMs: 0, purgeMs: 0 } },
  principals: { lister: { actions: [actions.secretReadMetadata] } },
})
t.teardown(() => sim.stop())
trust(sim)
const secrets = secretClient(sim)
const { token } = await sim.credential.getToken('https://vault.azure.net/.default')
const authorized = { authorization: `Bearer ${token}` }
const vault = (path: string, init: RequestInit = {}) =>
  rawRequest(`${sim.vaultUrl}${path}`, { ...init, headers: { ...authorized, ...init.headers } })

t.test('the challenge is as recorded', async t => {
  // hashicorp/terraform-provider-azurerm issue 19749: headers and 97 bytes of body.
  const answer = await rawRequest(`${sim.vaultUrl}/secrets/x?api-version=7.5`)
  t.equal(answer.status, 401)
  t.equal(answer.text.length, 97)
  t.same(answer.body, {
    error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' },
  })
  t.equal(
    answer.headers.get('www-authenticate'),
    `Bearer authorization="${sim.authorityHost}/${sim.tenantId}", resource="https://vault.azure.net"`,
  )
  t.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  for (const [name, value] of [
    ['cache-control', 'no-cache'],
    ['expires', '-1'],
    ['pragma', 'no-cache'],
    ['x-content-type-options', 'nosniff'],
    ['x-ms-keyvault-service-version', '1.9.640.1'],
  ] as const) {
    t.equal(answer.headers.get(name), value, name)
  }
})

t.test(
  'the unmodified client refuses the challenge unless it is told not to compare hosts',
  async t => {
    const { SecretClient } = await import('@azure/keyvault-secrets')
    const strict = new SecretClient(sim.vaultUrl, sim.credential, { tlsOptions: { ca: sim.ca } })
    await t.rejects(strict.getSecret('x'), { message: /does not match the requested domain/ })
  },
)

t.test('a secret is set and read back with its properties', async t => {
  const expiresOn = new Date('2030-01-01T00:00:00Z')
  const notBefore = new Date('2020-01-01T00:00:00Z')
  const options = { contentType: 'application/json', tags: { a: 'b' }, expiresOn, notBefore }
  const set = await secrets.setSecret('full', 'value', options)
  t.match(set, { name: 'full', value: 'value', properties: { ...options, enabled: true } })
  t.match(set.properties, { recoveryLevel: 'Recoverable+Purgeable', recoverableDays: 90 })
  const got = await secrets.getSecret('full')
  t.same(got, set)
})

t.test('the latest version is what get without a version gives; older ones stay', async t => {
  const first = await secrets.setSecret('versions', 'one')
  const second = await secrets.setSecret('versions', 'two')
  t.equal((await secrets.getSecret('versions')).value, 'two')
  const { version } = first.properties
  t.not(version, second.properties.version)
  t.equal((await secrets.getSecret('versions', { version: version ?? '' })).value, 'one')
  t.equal((await vault('/secrets/versions?api%2Dversion=7.5')).status, 200, 'without the slash too')
})

t.test('versions and secrets come in pages', async t => {
  for (let at = 0; at < 30; at++) await secrets.setSecret('many', `${at}`)
  const sizes: number[] = []
  const seen = new Set<string | undefined>()
  for await (const page of secrets.listPropertiesOfSecretVersions('many').byPage()) {
    sizes.push(page.length)
    for (const { version } of page) seen.add(version)
  }
  t.same(sizes, [25, 5])
  t.equal(seen.size, 30)
  const small: number[] = []
  for await (const page of secrets
    .listPropertiesOfSecretVersions('many')
    .byPage({ maxPageSize: 7 })) {
    small.push(page.length)
  }
  t.same(small, [7, 7, 7, 7, 2])
  const names: string[] = []
  for await (const { name } of secrets.listPropertiesOfSecrets()) names.push(name)
  t.same(names, ['full', 'many', 'versions'])
  t.match(await vault('/secrets?api-version=7.5&maxresults=26'), { status: 400 })
  t.match(await vault('/secrets?api-version=7.5&$skiptoken=forged'), { status: 400 })
})

t.test('lists never hold a value', async t => {
  for (const path of ['/secrets', '/secrets/many/versions', '/deletedsecrets']) {
    t.notMatch((await vault(`${path}?api-version=7.5`)).text, /"value":"/, path)
  }
})

t.test('a version’s properties are updated, its value is not', async t => {
  await secrets.setSecret('update', 'value')
  const tags = { changed: 'yes' }
  const updated = await secrets.updateSecretProperties('update', '', {
    tags,
    contentType: 'text/plain',
  })
  t.match(updated, { tags, contentType: 'text/plain' })
  t.match(await secrets.getSecret('update'), { value: 'value', properties: { tags } })
})

t.test('a disabled secret is not given out', async t => {
  await secrets.setSecret('disabled', 'value', { enabled: false })
  await t.rejects(secrets.getSecret('disabled'), { statusCode: 403, code: 'Forbidden' })
})

t.test('what is not there is SecretNotFound', async t => {
  await t.rejects(secrets.getSecret('nothing'), {
    statusCode: 404,
    code: 'SecretNotFound',
    message: /^A secret with \(name\/id\) nothing was not found in this key vault\./,
  })
  await t.rejects(secrets.getDeletedSecret('MySecretName'), {
    message: 'Deleted Secret not found: MySecretName',
  })
})

t.test('deleted, its name taken, recovered, deleted again, purged', async t => {
  await secrets.setSecret('doomed', 'value')
  const poller = await secrets.beginDeleteSecret('doomed', { intervalInMs: 1 })
  const deleted = await poller.pollUntilDone()
  t.match(deleted, { name: 'doomed', recoveryId: `${sim.vaultUrl}/deletedsecrets/doomed` })
  t.ok(deleted.scheduledPurgeDate)
  await t.rejects(secrets.getSecret('doomed'), { code: 'SecretNotFound' })
  await t.rejects(secrets.setSecret('doomed', 'again'), {
    statusCode: 409,
    code: 'Conflict',
    message: /^Secret doomed is currently in a deleted but recoverable state, and its name cannot/,
  })
  const recovery = await secrets.beginRecoverDeletedSecret('doomed', { intervalInMs: 1 })
  await recovery.pollUntilDone()
  t.equal((await secrets.getSecret('doomed')).value, 'value')
  await (await secrets.beginDeleteSecret('doomed', { intervalInMs: 1 })).pollUntilDone()
  const names: string[] = []
  for await (const { name } of secrets.listDeletedSecrets()) names.push(name)
  t.same(names, ['doomed'])
  await secrets.purgeDeletedSecret('doomed')
  t.ok(await secrets.setSecret('doomed', 'new'), 'the name is free again')
})

t.test('a backup restores every version, and shows nothing to whoever holds it', async t => {
  await secrets.setSecret('kept', 'first value')
  await secrets.setSecret('kept', 'second value')
  const backup = await secrets.backupSecret('kept')
  if (backup === undefined) return t.fail('there is a backup')
  t.notOk(Buffer.from(backup).toString('latin1').includes('value'))
  await t.rejects(secrets.restoreSecretBackup(backup), { code: 'Conflict' })
  await (await secrets.beginDeleteSecret('kept', { intervalInMs: 1 })).pollUntilDone()
  await secrets.purgeDeletedSecret('kept')
  await secrets.restoreSecretBackup(backup)
  t.equal((await secrets.getSecret('kept')).value, 'second value')
  const forged = Uint8Array.from(backup)
  forged[40] = (forged[40] ?? 0) ^ 1
  await t.rejects(secrets.restoreSecretBackup(forged), { code: 'BadParameter' })
})

t.test('broken requests are told what is wrong', async t => {
  const put = (name: string, body: string) =>
    vault(`/secrets/${name}?api-version=7.5`, { method: 'PUT', body })
  t.match(await put('ok', '{}'), { status: 400, body: { error: { code: 'BadParameter' } } })
  t.match(await put('ok', 'no json'), { status: 400 })
  t.match(await put('ok', '{"value":"x","tags":{"a":1}}'), { status: 400 })
  t.match(await put('no_underscore', '{"value":"x"}'), {
    status: 400,
    body: { error: { message: 'The request URI contains an invalid name: no_underscore' } },
  })
  t.match(await put('long', JSON.stringify({ value: 'x'.repeat(25_601) })), { status: 400 })
  t.match(await put('long', JSON.stringify({ value: 'x'.repeat(25_600) })), { status: 200 })
  t.match(await put('huge', 'x'.repeat(1_100_000)), { status: 413 })
  t.match(await vault('/secrets/x'), {
    status: 400,
    body: { error: { message: 'api-version must be specified' } },
  })
  t.match(await vault('/certificates?api-version=7.5'), { status: 404 })
  t.match(await vault('/secrets/x?api-version=7.5', { method: 'POST' }), { status: 405 })
})

t.test('a token for another audience is refused by its name', async t => {
  const other = await sim.credential.getToken('https://management.azure.com/.default')
  const headers = { authorization: `Bearer ${other.token}` }
  t.match(await vault('/secrets/x?api-version=7.5', { headers }), {
    status: 401,
    body: {
      error: {
        message:
          'AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://management.azure.com.',
      },
    },
  })
})

t.test('the reader may get and nothing else', async t => {
  const reader = secretClient(sim, sim.credentialOf('reader'))
  t.equal((await reader.getSecret('full')).value, 'value')
  await t.rejects(reader.setSecret('full', 'mine'), {
    statusCode: 403,
    code: 'Forbidden',
    message: /^Caller is not authorized to perform action on resource\..*setSecret\/action/s,
  })
  const lister = secretClient(sim, sim.credentialOf('lister'))
  await t.rejects(lister.getSecret('full'), { code: 'Forbidden' })
  t.ok((await lister.listPropertiesOfSecrets().next()).value)
})

t.test('rights are looked at before the form of what is to be written', async t => {
  const put = (bearer: string) =>
    rawRequest(`${sim.vaultUrl}/secrets/full?api-version=7.5`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: '{}',
    })
  t.match(await put(token), { status: 400, body: { error: { code: 'BadParameter' } } })
  const reader = await sim.credentialOf('reader').getToken('https://vault.azure.net/.default')
  t.match(await put(reader.token), { status: 403, body: { error: { code: 'Forbidden' } } })
})

t.test('the witness saw the vault’s calls, and no value', async t => {
  const { vault: calls } = sim.witness.testimony()
  t.ok(
    calls.some(call => call.verb === 'PUT' && call.path === '/secrets/full' && call.status === 200),
  )
  t.notMatch(JSON.stringify(calls), /second value/)
})
