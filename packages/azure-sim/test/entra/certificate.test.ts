import { ClientCertificateCredential } from '@azure/identity'
import { decodeJwt, importPKCS8, SignJWT } from 'jose'
import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { armClient, rawRequest, trust } from '../clients.ts'

const scope = 'https://management.azure.com/.default'
const sim = await AzureSim.start({ seed: 2 })
t.teardown(() => sim.stop())
trust(sim)
const { operator, reader } = sim.principals
if (!operator || !reader) throw new Error('Both default principals exist.')
const onLoopback = {
  authorityHost: sim.authorityHost,
  disableInstanceDiscovery: true,
  tlsOptions: { ca: sim.ca },
  retryOptions: { maxRetries: 0 },
}
const { certificate, privateKey } = await sim.clientCertificate('operator')
const pem = `${privateKey}\n${certificate}`
const credentialOf = (clientId: string, options: object = {}) =>
  new ClientCertificateCredential(
    sim.tenantId,
    clientId,
    { certificate: pem },
    {
      ...onLoopback,
      ...options,
    },
  )

t.test('a registered certificate buys a token that ARM accepts', async t => {
  const credential = credentialOf(operator.clientId)
  const account = await armClient(sim, credential).databaseAccounts.get(
    sim.resourceGroup,
    sim.accountName,
  )
  t.equal(account.name, sim.accountName)
  const { token } = await credential.getToken(scope)
  t.match(decodeJwt(token), { oid: operator.objectId, appidacr: '2' })
})

t.test('the whole chain may come with it', async t => {
  const credential = credentialOf(operator.clientId, { sendCertificateChain: true })
  t.ok((await credential.getToken(scope)).token)
})

t.test('a certificate of the options is as good', async t => {
  const other = await AzureSim.start({
    principals: { rotator: { actions: [], certificates: [certificate] } },
  })
  t.teardown(() => other.stop())
  const { clientId } = other.principals['rotator'] ?? { clientId: '' }
  const credential = new ClientCertificateCredential(
    other.tenantId,
    clientId,
    { certificate: pem },
    {
      ...onLoopback,
      authorityHost: other.authorityHost,
      tlsOptions: { ca: other.ca },
    },
  )
  t.ok((await credential.getToken(scope)).token)
})

t.test('a certificate of somebody else is refused by its thumbprint', async t => {
  const { thumbprint = '' } = operator.certificates[0] ?? {}
  await t.rejects(credentialOf(reader.clientId).getToken(scope), {
    message: new RegExp(`AADSTS700027: .*not registered on application.*|${thumbprint}`),
  })
})

/** An assertion as one pleases. */
async function assertion(claims: object, header: object, key = privateKey): Promise<string> {
  const now = Math.floor(Date.now() / 1_000)
  const { x5tS256 } = operator?.certificates[0] ?? { x5tS256: '' }
  return new SignJWT({
    aud: `${sim.authorityHost}/${sim.tenantId}/oauth2/v2.0/token`,
    iss: operator?.clientId,
    sub: operator?.clientId,
    jti: 'x',
    nbf: now,
    exp: now + 600,
    ...claims,
  })
    .setProtectedHeader({ alg: 'PS256', 'x5t#S256': x5tS256, ...header })
    .sign(await importPKCS8(key, (header as { alg?: string }).alg ?? 'PS256'))
}

async function ask(client_assertion: string, more: Record<string, string> = {}) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: operator?.clientId ?? '',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    scope,
    ...more,
  })
  const url = `${sim.authorityHost}/${sim.tenantId}/oauth2/v2.0/token`
  const { status, body } = await rawRequest(url, { method: 'POST', body: form })
  const { error_codes, error } = body as { error_codes?: number[]; error?: string }
  return { status, code: error_codes?.[0], error }
}

const invalid = (code: number) => ({ status: 401, code, error: 'invalid_client' })

t.test('RS256 and SHA-1 thumbprints are taken as PS256 and SHA-256 are', async t => {
  t.match(await ask(await assertion({}, {})), { status: 200 })
  const { x5t } = operator.certificates[0] ?? { x5t: '' }
  t.match(await ask(await assertion({}, { alg: 'RS256', x5t, 'x5t#S256': undefined })), {
    status: 200,
  })
})

t.test('each thing wrong with an assertion has its own code', async t => {
  const past = Math.floor(Date.now() / 1_000) - 3_600
  t.match(await ask(await assertion({ nbf: past, exp: past + 600 }, {})), invalid(700024))
  t.match(await ask(await assertion({ nbf: past + 7_200 }, {})), invalid(700024))
  t.match(await ask(await assertion({ aud: 'https://example.org' }, {})), invalid(700023))
  t.match(await ask(await assertion({ sub: reader.clientId }, {})), invalid(700021))
  t.match(await ask(await assertion({}, { 'x5t#S256': 'AAAA' })), invalid(700027))
  const stranger = await sim.clientCertificate('reader')
  t.match(await ask(await assertion({}, {}, stranger.privateKey)), invalid(700027))
  t.match(await ask('no.jwt'), invalid(50027))
  t.match(await ask(await assertion({}, {}), { client_assertion_type: 'x' }), invalid(7000218))
})
