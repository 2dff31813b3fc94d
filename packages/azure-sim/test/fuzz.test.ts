import fc from 'fast-check'
import t from 'tap'
import { AzureSim } from '../src/index.ts'
import { rawRequest, trust } from './clients.ts'

const sim = await AzureSim.start({ seed: 71, regeneration: { durationMs: 1 } })
t.teardown(() => sim.stop())
trust(sim)
const bearer = async (scope: string) => {
  const { token } = await sim.credential.getToken(`${scope}/.default`)
  return { authorization: `Bearer ${token}` }
}
const services = [
  ['arm', sim.armEndpoint, await bearer('https://management.azure.com')],
  ['vault', sim.vaultUrl, await bearer('https://vault.azure.net')],
  ['entra', sim.authorityHost, {}],
] as const

const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
const word = fc.oneof(
  fc.constantFrom('secrets', 'deletedsecrets', 'versions', 'restore', 'backup', 'recover', 'x'),
  fc.constantFrom('subscriptions', sim.subscriptionId, 'resourceGroups', sim.resourceGroup),
  fc.constantFrom('providers', 'Microsoft.DocumentDB', 'databaseAccounts', sim.accountName),
  fc.constantFrom('listKeys', 'regenerateKey', 'operationResults', sim.tenantId, 'oauth2', 'v2.0'),
  fc.constantFrom('%', '%zz', '%00', '%2F', '..', '', '_sim'),
  fc.webSegment(),
)
const path = fc.oneof(
  fc.array(word, { maxLength: 12 }).map(words => `/${words.join('/')}`),
  fc
    .constantFrom('', '/listKeys', '/regenerateKey', '/readonlykeys')
    .map(end => sim.accountId + end),
  fc.constantFrom('/secrets/x', '/secrets/x/', '/secrets', `/${sim.tenantId}/oauth2/v2.0/token`),
)
const query = fc.oneof(
  fc.constantFrom('', '?', '?api-version=2026-03-15', '?api%2Dversion=7.5&maxresults=0', '?%='),
  fc.webQueryParameters().map(text => `?api-version=7.5&${text}`),
)
const body = fc.oneof(
  fc.constant(undefined),
  fc.json(),
  fc.string(),
  fc.constantFrom('{"keyKind":"primary"}', '{"value":"v","attributes":null}', '{"properties":[]}'),
  fc.constantFrom('grant_type=client_credentials', 'grant_type=client_credentials&client_id=%'),
)

for (const [name, base, headers] of services) {
  t.test(`${name} answers anything with something that the service could say`, async () => {
    await fc.assert(
      fc.asyncProperty(method, path, query, body, async (method, path, query, body) => {
        const withBody = body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }
        const answer = await rawRequest(`${base}${path}${query}`, { method, headers, ...withBody })
        // Nothing here asks for a failure of the service itself, so a 5xx would be our own.
        return answer.status >= 200 && answer.status < 500
      }),
      { numRuns: 200 },
    )
  })
}
