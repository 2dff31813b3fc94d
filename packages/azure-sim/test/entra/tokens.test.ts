import t from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { rawRequest, trust } from '../clients.ts'

const clock = new VirtualClock()
const sim = await AzureSim.start({ clock, tokenLifetimeSeconds: 60 })
const other = await AzureSim.start({ clock })
t.teardown(() => Promise.all([sim.stop(), other.stop()]))
trust(sim)

const arm = () => `${sim.armEndpoint}${sim.accountId}?api-version=2026-03-15`
const vault = () => `${sim.vaultUrl}/secrets?api-version=7.5`
const ask = (url: string, token: string) =>
  rawRequest(url, { headers: { authorization: `Bearer ${token}` } })

t.test('a token that expired is refused by ARM and by the vault', async t => {
  const forArm = await sim.credential.getToken('https://management.azure.com/.default')
  const forVault = await sim.credential.getToken('https://vault.azure.net/.default')
  t.equal((await ask(arm(), forArm.token)).status, 200)
  t.equal((await ask(vault(), forVault.token)).status, 200)
  clock.advance(66_000)
  t.match(await ask(arm(), forArm.token), {
    status: 401,
    body: { error: { code: 'ExpiredAuthenticationToken' } },
  })
  t.match(await ask(vault(), forVault.token), {
    status: 401,
    body: { error: { code: 'Unauthorized' } },
  })
})

t.test('a token of another authority is refused, though it says the same', async t => {
  const foreign = await other.credentialOf('operator').getToken('https://vault.azure.net/.default')
  t.match(await ask(vault(), foreign.token), { status: 401 })
})

t.test('a token with its claims changed is refused', async t => {
  const { token } = await sim
    .credentialOf('reader')
    .getToken('https://management.azure.com/.default')
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const promoted = { ...claims, oid: sim.principals['operator']?.objectId, exp: 9_999_999_999 }
  const forged = Buffer.from(JSON.stringify(promoted)).toString('base64url')
  t.equal((await ask(arm(), [header, forged, signature].join('.'))).status, 401)
  const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  t.equal((await ask(arm(), `${unsigned}.${forged}.`)).status, 401)
})
