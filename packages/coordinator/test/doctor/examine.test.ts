import { actions, VirtualClock } from '@keyturn/azure-sim'
import t from 'tap'
import { coordinatorRole } from '../../src/doctor/rights.ts'
import { configFor } from '../support.ts'
import { adopt, doctor, rights, start, troubles } from './support.ts'

/** What an account that has not been adopted is told in any case. */
const always = ['warning KEYSET_MISSING', 'unasked KEY_NOT_TRIED']

t.test('an account that is well and not adopted yet', async t => {
  const azure = await start(t)
  const findings = await doctor(t, azure)
  t.same(troubles(findings), always)
  const checked = new Set(findings.map(({ check }) => check))
  for (const check of ['account', 'rights', 'locks', 'network', 'cloud', 'local-auth', 'vault']) {
    t.ok(checked.has(check as 'account'), check)
  }
  t.same(troubles(await doctor(t, azure, { probeStandby: true })), ['warning KEYSET_MISSING'])
})

t.test('adopted, all is well, and the key that would go first was not touched', async t => {
  const azure = await start(t)
  await adopt(t, azure)
  t.same(troubles(await doctor(t, azure)), ['unasked KEY_NOT_TRIED'])
  const { secondary } = usesOf(azure)
  t.equal(secondary, 0, 'our own request would count as its use')
  t.same(troubles(await doctor(t, azure, { probeStandby: true })), [])
  t.ok(usesOf(azure).secondary > 0, 'unless somebody says that it may')
})

const usesOf = (azure: Awaited<ReturnType<typeof start>>) => {
  const uses = azure.witness.testimony().keys
  const of = (kind: string) =>
    uses.filter(use => use.kind === kind).reduce((sum, use) => sum + use.accepted, 0)
  return { primary: of('primary'), secondary: of('secondary') }
}

t.test('each right that is missing is named, and the role that grants it', async t => {
  for (const action of [actions.listKeys, actions.regenerateKey, actions.accountRead]) {
    const azure = await start(t, { principals: rights({ without: [action] }) })
    const findings = await doctor(t, azure)
    const missing = findings.find(one => 'code' in one && one.code === 'RIGHT_MISSING')
    t.match(missing, { verdict: 'wrong', sentence: new RegExp(action) }, action)
    t.ok(coordinatorRole(azure.accountId).Actions.includes(action))
  }
})

t.test('roles are judged as Azure does: notActions take back within their own role', async t => {
  const principals = {
    coordinator: {
      actions: [actions.permissionsRead, actions.locksRead, actions.secretGet, actions.secretSet],
      roles: ['Cosmos DB Operator'],
    },
  }
  const operator = await start(t, { principals })
  t.match(
    (await doctor(t, operator)).find(({ check }) => check === 'rights'),
    { verdict: 'wrong', sentence: /not granted .*listKeys\/action, .*regenerateKey\/action at/ },
  )
  const roles = ['Cosmos DB Operator', 'DocumentDB Account Contributor']
  const both = await start(t, { principals: { coordinator: { ...principals.coordinator, roles } } })
  t.match(
    (await doctor(t, both)).find(({ check }) => check === 'rights'),
    { verdict: 'well' },
  )
})

t.test('what could not be asked is said', async t => {
  const without = [actions.permissionsRead, actions.locksRead]
  const azure = await start(t, { principals: rights({ without }) })
  t.same(troubles(await doctor(t, azure)), [
    'unasked RIGHTS_UNKNOWN',
    'unasked LOCKS_UNKNOWN',
    ...always,
  ])
})

t.test(
  'a read-only lock is found wherever it lies; one against deletion does not matter',
  async t => {
    for (const scope of ['account', 'resourceGroup', 'subscription'] as const) {
      const azure = await start(t)
      azure.setLocks([{ level: 'ReadOnly', scope }, { level: 'CanNotDelete' }])
      const findings = await doctor(t, azure)
      t.match(
        findings.find(({ check }) => check === 'locks'),
        {
          verdict: 'wrong',
          code: 'LOCK_READ_ONLY',
        },
      )
      t.ok(troubles(findings).includes('unasked KEYS_UNREADABLE'), 'it refuses listKeys as well')
    }
    const azure = await start(t)
    azure.setLocks([{ level: 'CanNotDelete' }])
    t.same(troubles(await doctor(t, azure)), always)
  },
)

t.test('an account that is closed to this machine', async t => {
  const azure = await start(t)
  await patch(azure, { publicNetworkAccess: 'Disabled' })
  const findings = troubles(await doctor(t, azure))
  t.equal(findings.filter(one => one === 'wrong FIREWALL_BLOCKS').length, 3, 'everywhere')
})

const patch = async (azure: Awaited<ReturnType<typeof start>>, properties: object) => {
  const { token } = await azure.credential.getToken('https://management.azure.com/.default')
  const url = `${azure.armEndpoint}${azure.accountId}?api-version=2026-03-15`
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  await fetch(url, { method: 'PATCH', headers, body: JSON.stringify({ properties }) })
}

t.test('key authentication that has ended, and what keys may change', async t => {
  const azure = await start(t)
  await patch(azure, { disableKeyBasedMetadataWriteAccess: true })
  t.match(
    (await doctor(t, azure)).find(({ check }) => check === 'local-auth'),
    {
      sentence: /may not change databases/,
    },
  )
  await patch(azure, { disableLocalAuth: true })
  const found = troubles(await doctor(t, azure))
  t.ok(found.includes('wrong LOCAL_AUTH_DISABLED'))
  t.ok(found.includes('wrong KEY_REFUSED'))
})

t.test('a vault that may not be read, or not be written, or is not there', async t => {
  const deaf = await start(t, { principals: rights({ without: [actions.secretGet] }) })
  t.ok(troubles(await doctor(t, deaf)).includes('wrong SECRET_GET_REFUSED'))
  const dumb = await start(t, { principals: rights({ without: [actions.secretSet] }) })
  t.same(troubles(await doctor(t, dumb)), ['wrong SECRET_SET_REFUSED', ...always])
  t.same(dumb.secrets.list(), [], 'asking has written nothing')
  const azure = await start(t)
  const config = configFor(t, azure)
  const [account] = config.accounts
  if (account) account.vault.url = 'https://localhost:1'
  const found = troubles(await doctor(t, azure, { config }))
  t.ok(found.includes('wrong VAULT_UNREACHABLE'))
  t.ok(found.includes('unasked CLOCK_UNKNOWN'))
  t.same((await start(t)).secrets.list(), [])
})

t.test('a keyset that is not what Azure shows', async t => {
  const azure = await start(t)
  const { coordinator } = await adopt(t, azure)
  await coordinator.stop()
  azure.account.regenerate('secondary')
  t.ok(troubles(await doctor(t, azure)).includes('wrong KEYSET_DIFFERS'))
  azure.secrets.set('keyset', 'not a keyset', {} as never)
  t.ok(troubles(await doctor(t, azure)).includes('wrong KEYSET_FOREIGN'))
})

t.test('clocks that are off', async t => {
  const azure = await start(t)
  azure.setWeather({ vault: { skewMs: 90_000 } })
  t.same(troubles(await doctor(t, azure)), [...always, 'warning CLOCK_OFF'])
  const now = () => Date.now() - 400_000
  const found = troubles(await doctor(t, azure, { now }))
  t.ok(found.includes('wrong CLOCK_OFF'), 'ours, by more than a request may be off')
})

t.test('a region that is down, and one that refuses the key', async t => {
  const azure = await start(t)
  azure.setWeather({ regions: { 'North Europe': { outage: 'unavailable' } } })
  const findings = await doctor(t, azure)
  t.match(
    findings.filter(({ check }) => check === 'regions').map(one => 'code' in one && one.code),
    ['REGION_UNREACHABLE'],
  )
})

t.test('an endpoint that is not the account’s, and parts of two clouds', async t => {
  const azure = await start(t)
  const config = configFor(t, azure)
  const [account] = config.accounts
  if (account) account.endpoint = azure.regions[1]?.endpoint ?? ''
  const authority = 'https://login.microsoftonline.us'
  const found = troubles(await doctor(t, azure, { config, authority }))
  t.ok(found.includes('wrong ENDPOINT_DIFFERS'))
  t.ok(found.includes('wrong CLOUD_MIXED'))
  t.ok(found.includes('wrong VAULT_AUTHORITY_DIFFERS'))
})

t.test('a standby that Azure saw in use, where somebody asks', async t => {
  const azure = await start(t)
  const { coordinator } = await adopt(t, azure)
  await coordinator.stop()
  await patch(azure, { capabilities: [{ name: 'EnableKeyCheckBeforeRegenerationPreview' }] })
  t.notOk(troubles(await doctor(t, azure)).includes('warning STANDBY_RECENTLY_USED'))
  await doctor(t, azure, { probeStandby: true })
  t.ok(troubles(await doctor(t, azure)).includes('warning STANDBY_RECENTLY_USED'))
})

t.test('an account that does not exist, or is not ours to read', async t => {
  const azure = await start(t)
  const config = configFor(t, azure)
  const [account] = config.accounts
  if (account) account.account = `${azure.accountId}-archive`
  const findings = await doctor(t, azure, { config })
  t.match(
    findings.find(({ check }) => check === 'account'),
    {
      code: 'ACCOUNT_UNREADABLE',
      remedy: /resource id/,
    },
  )
  t.notMatch(JSON.stringify(findings), azure.account.shown('primary').key.value)
})

t.test('an identity that Azure does not know is told once, not in every line', async t => {
  const azure = await start(t)
  const credential = { getToken: () => Promise.reject(new Error('CredentialUnavailable: none')) }
  t.same(troubles(await doctor(t, azure, { credential })), ['wrong SIGN_IN_FAILED'])
  t.match(
    (await doctor(t, azure)).find(({ check }) => check === 'identity'),
    {
      sentence: new RegExp(azure.principals['coordinator']?.objectId ?? 'none'),
    },
  )
})

t.test('what little is left of ARM’s budget', async t => {
  const clock = new VirtualClock(Date.now())
  const azure = await start(t, { clock })
  const { token } = await azure
    .credentialOf('coordinator')
    .getToken('https://management.azure.com/.default')
  const url = `${azure.armEndpoint}${azure.accountId}?api-version=2026-03-15`
  const headers = { authorization: `Bearer ${token}` }
  for (let asked = 0; asked < 205; asked += 1) await (await fetch(url, { headers })).text()
  const found = troubles(await doctor(t, azure, { now: () => clock.now() }))
  t.same(found, [...always, 'warning ARM_BUDGET_LOW'])
})
