import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  WorkloadIdentityCredential,
} from '@azure/identity'
import { decodeJwt } from 'jose'
import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { armClient, secretClient } from '../clients.ts'

const scope = 'https://management.azure.com/.default'
const sim = await AzureSim.start({ seed: 1 })
t.teardown(() => sim.stop())

const onLoopback = {
  authorityHost: sim.authorityHost,
  disableInstanceDiscovery: true,
  tlsOptions: { ca: sim.ca },
  retryOptions: { maxRetries: 0 },
}
const { operator, reader } = sim.principals
if (!operator || !reader) throw new Error('Both default principals exist.')

t.test('a client secret buys a token that ARM accepts', async t => {
  const { clientId, clientSecret } = operator
  const credential = new ClientSecretCredential(sim.tenantId, clientId, clientSecret, onLoopback)
  const arm = armClient(sim, credential)
  const account = await arm.databaseAccounts.get(sim.resourceGroup, sim.accountName)
  t.equal(account.name, sim.accountName)
})

t.test('a token names audience, tenant, application and object', async t => {
  const { token } = await sim.credential.getToken(scope)
  t.match(decodeJwt(token), {
    aud: 'https://management.azure.com',
    iss: `https://sts.windows.net/${sim.tenantId}/`,
    tid: sim.tenantId,
    appid: operator.clientId,
    oid: operator.objectId,
    ver: '1.0',
  })
})

t.test('a wrong client secret is refused with the published code', async t => {
  const credential = new ClientSecretCredential(sim.tenantId, operator.clientId, 'no', onLoopback)
  await t.rejects(credential.getToken(scope), { message: /AADSTS7000215: Invalid client secret/ })
})

t.test('an unknown application and an unknown resource are refused', async t => {
  const stranger = new ClientSecretCredential(sim.tenantId, sim.tenantId, 'no', onLoopback)
  await t.rejects(stranger.getToken(scope), { message: /AADSTS700016/ })
  const { clientId, clientSecret } = operator
  const known = new ClientSecretCredential(sim.tenantId, clientId, clientSecret, onLoopback)
  await t.rejects(known.getToken('https://example.org/.default'), { message: /AADSTS500011/ })
})

t.test('a projected service account token is exchanged for the workload identity', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'azure-sim-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const tokenFilePath = join(folder, 'token')
  await writeFile(tokenFilePath, await sim.federatedToken('reader'))
  const { clientId } = reader
  const options = { ...onLoopback, tenantId: sim.tenantId, tokenFilePath }
  const credential = new WorkloadIdentityCredential({ ...options, clientId })
  const { token } = await credential.getToken('https://vault.azure.net/.default')
  t.equal(decodeJwt(token)['oid'], reader.objectId)

  const other = new WorkloadIdentityCredential({ ...options, clientId: operator.clientId })
  await t.rejects(
    other.getToken(scope),
    { message: /AADSTS70021/ },
    "one workload's token is not another's identity",
  )
  await writeFile(tokenFilePath, `${await sim.federatedToken('reader')}x`)
  const forged = new WorkloadIdentityCredential({ ...options, clientId })
  await t.rejects(forged.getToken(scope), { message: /AADSTS700027/ }, 'nor is a forged one')
})

t.test('DefaultAzureCredential finds its way by environment variables alone', async t => {
  setDefaultCACertificates([...getCACertificates('default'), sim.ca])
  for (const [name, value] of Object.entries(sim.environment('operator'))) {
    process.env[name] = value
    t.teardown(() => delete process.env[name])
  }
  const credential = new DefaultAzureCredential({ disableInstanceDiscovery: true })
  const secrets = secretClient(sim, credential)
  await secrets.setSecret('from-the-environment', 'value')
  t.equal((await secrets.getSecret('from-the-environment')).value, 'value')
})

t.test('discovery names the authority to the letter', async t => {
  const base = `${sim.authorityHost}/${sim.tenantId}`
  const response = await fetch(`${base}/v2.0/.well-known/openid-configuration`)
  t.match(await response.json(), {
    issuer: `${base}/v2.0`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  })
  const jwks = await (await fetch(`${base}/discovery/v2.0/keys`)).json()
  t.match(jwks, { keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256' }] })
  t.notMatch(jwks, { keys: [{ d: String }] }, 'and shows no private key')
})

t.test('another tenant does not exist', async t => {
  const url = `${sim.authorityHost}/${sim.subscriptionId}/v2.0/.well-known/openid-configuration`
  const response = await fetch(url)
  t.equal(response.status, 400)
  t.match(await response.json(), { error: 'invalid_request', error_codes: [90002] })
})
