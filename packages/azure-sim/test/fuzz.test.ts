import fc from 'fast-check'
import t from 'tap'
import { AzureSim } from '../src/index.ts'
import { type RawAnswer, rawRequest, trust } from './clients.ts'

const soon = { durationMs: 1 }
const sim = await AzureSim.start({
  seed: 71,
  regeneration: soon,
  management: soon,
  geography: { ...soon, lingerMs: 0, writeGapMs: 0 },
  weather: { vault: { deleteMs: 1, recoverMs: 1, purgeMs: 1 } },
})
t.teardown(() => sim.stop())
trust(sim)
const bearer = async (scope: string) => {
  const { token } = await sim.credential.getToken(`${scope}/.default`)
  return { authorization: `Bearer ${token}` }
}

/** ARM's and Key Vault's errors have a code and a message (ErrorResponse, KeyVaultError). */
const named = ({ body }: RawAnswer): boolean => {
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown } }
  return typeof error?.code === 'string' && typeof error.message === 'string'
}
/** Entra's as OAuth has them; what no tenant serves has no body; App Service has its own. */
const oauth = ({ status, text, body }: RawAnswer): boolean => {
  if (status === 404 || status === 405) return text === ''
  const { error, error_codes, statusCode } = body as Record<string, unknown>
  return (typeof error === 'string' && Array.isArray(error_codes)) || statusCode === status
}

const services = [
  {
    name: 'arm',
    base: sim.armEndpoint,
    headers: await bearer('https://management.azure.com'),
    statuses: [200, 202, 204, 400, 403, 404, 405, 412, 413],
    says: named,
  },
  {
    name: 'vault',
    base: sim.vaultUrl,
    headers: await bearer('https://vault.azure.net'),
    statuses: [200, 204, 400, 404, 405, 409, 413, 403],
    says: named,
  },
  {
    name: 'entra',
    base: sim.authorityHost,
    headers: { 'x-identity-header': sim.managedIdentity('reader').IDENTITY_HEADER },
    statuses: [200, 400, 401, 404, 405, 413],
    says: oauth,
  },
] as const

const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
const word = fc.oneof(
  fc.constantFrom('secrets', 'deletedsecrets', 'versions', 'restore', 'backup', 'recover', 'x'),
  fc.constantFrom('subscriptions', sim.subscriptionId, 'resourceGroups', sim.resourceGroup),
  fc.constantFrom('providers', 'Microsoft.DocumentDB', 'databaseAccounts', sim.accountName),
  fc.constantFrom('listKeys', 'regenerateKey', 'operationResults', sim.tenantId, 'oauth2', 'v2.0'),
  fc.constantFrom('locations', 'westus', 'operationsStatus', 'operations', 'databaseAccountNames'),
  fc.constantFrom('discovery', 'keys', 'token', 'msi', '.well-known', 'openid-configuration'),
  fc.constantFrom('%', '%zz', '%00', '%2F', '..', '', '_sim', '__proto__', 'constructor'),
  fc.webSegment(),
)
const accountPath = fc.constantFrom(
  ...['', '/listKeys', '/regenerateKey', '/readonlykeys', '/listConnectionStrings'],
  ...['/failoverPriorityChange', '/offlineRegion', '/onlineRegion', '/metrics', '/usages'],
  ...['/metricDefinitions', '/region/West%20US/metrics', '/operationResults/x'],
)
const path = fc.oneof(
  fc.array(word, { maxLength: 12 }).map(words => `/${words.join('/')}`),
  accountPath.map(end => sim.accountId + end),
  fc.constantFrom(
    ...['/secrets/x', '/secrets/x/', '/secrets', '/secrets/x/versions', '/secrets/x/backup'],
    ...['/deletedsecrets', '/deletedsecrets/x', '/deletedsecrets/x/recover', '/secrets/restore'],
  ),
  fc.constantFrom(
    ...[`/${sim.tenantId}/oauth2/v2.0/token`, `/${sim.tenantId}/discovery/v2.0/keys`, '/msi/token'],
    ...['/providers/Microsoft.DocumentDB/operations', '/providers/Microsoft.DocumentDB/x'],
  ),
)
const skipToken = Buffer.from('{"NextMarker":"2!4!AAAA"}').toString('base64url')
const query = fc.oneof(
  fc.constantFrom('', '?', '?api-version=2026-03-15', '?api-version=7.5', '?%='),
  fc.constantFrom('?api%2Dversion=7.5&maxresults=0', `?api-version=7.5&$skiptoken=${skipToken}`),
  fc.constantFrom("?api-version=2026-04-01-preview&$filter=timeGrain eq duration'PT5M'"),
  fc.constantFrom('?api-version=2019-08-01&resource=https://vault.azure.net'),
  fc.webQueryParameters().map(text => `?api-version=7.5&${text}`),
)
const location = fc.record({
  locationName: fc.constantFrom('West US', 'northeurope', 'Mars', ''),
  failoverPriority: fc.oneof(fc.nat({ max: 3 }), fc.constant('0')),
})
const account = fc.record(
  {
    location: fc.constant('westus'),
    kind: fc.constantFrom('GlobalDocumentDB', 'MongoDB'),
    tags: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.constant([])),
    identity: fc.oneof(fc.constant({ type: 'SystemAssigned' }), fc.json()),
    properties: fc.record(
      {
        databaseAccountOfferType: fc.constant('Standard'),
        locations: fc.oneof(fc.array(location, { maxLength: 3 }), fc.json()),
        disableLocalAuth: fc.oneof(fc.boolean(), fc.string()),
        capabilities: fc.oneof(fc.constant([{ name: 'EnableServerless' }]), fc.constant([1])),
        consistencyPolicy: fc.jsonValue(),
        enableMultipleWriteLocations: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  fc.constant(undefined),
  fc.json(),
  fc.string(),
  account.map(whole => JSON.stringify(whole)),
  fc.array(location, { maxLength: 3 }).map(all => JSON.stringify({ failoverPolicies: all })),
  fc.constantFrom('{"keyKind":"primary"}', '{"value":"v","attributes":null}', '{"properties":[]}'),
  fc.constantFrom('{"value":"v"}', '{"region":"North Europe"}', '{"region":7}', '{"value":"AAAA"}'),
  fc.constantFrom('grant_type=client_credentials', 'grant_type=client_credentials&client_id=%'),
  fc
    .constantFrom('client_secret=x', 'client_assertion=a.b.c', 'client_assertion_type=x')
    .map(
      proof =>
        `grant_type=client_credentials&client_id=${sim.principals['reader']?.clientId}&` +
        `scope=https://vault.azure.net/.default&${proof}`,
    ),
)

// Before the rest, which may delete the account.
t.test('what is nested too deep is refused, and not met with silence', async t => {
  const headers = { ...services[0].headers, 'content-type': 'application/json' }
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const answer = await rawRequest(`${sim.armEndpoint}${sim.accountId}?api-version=2026-03-15`, {
    method: 'PATCH',
    headers,
    body: `{"tags":{"a":${deep}}}`,
  })
  t.equal(answer.status, 400)
  t.ok(named(answer))
})

for (const { name, base, headers, statuses, says } of services) {
  t.test(`${name} answers anything with something that the service could say`, async () => {
    await fc.assert(
      fc.asyncProperty(method, path, query, body, async (method, path, query, body) => {
        fc.pre(!path.startsWith('/_sim')) // The simulator's own endpoint, beside ARM's.
        const withBody = body === undefined || method === 'GET' || method === 'HEAD' ? {} : { body }
        const answer = await rawRequest(`${base}${path}${query}`, {
          method,
          headers,
          // Only so that a call that hangs fails here, and by its name.
          signal: AbortSignal.timeout(60_000),
          ...withBody,
        })
        // Nothing here asks for a failure of the service itself, so a 5xx would be our own.
        const { status } = answer
        if (!(statuses as readonly number[]).includes(status)) return false
        return status < 400 || method === 'HEAD' || says(answer)
      }),
      { numRuns: 300 },
    )
  })
}

t.test('after all that, everything still works', async t => {
  await sim.secrets.set('after', 'all', {})
  const { status } = await rawRequest(`${sim.vaultUrl}/secrets/after?api-version=7.5`, {
    headers: await bearer('https://vault.azure.net'),
  })
  t.equal(status, 200)
  t.notOk(
    JSON.stringify(sim.witness.testimony()).includes(
      sim.principals['operator']?.clientSecret ?? ' ',
    ),
  )
})
