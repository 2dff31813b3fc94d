import { type Row, type Section, sim } from './row.ts'

const rest = 'https://learn.microsoft.com/rest/api/cosmos-db'
const dotnet = 'https://learn.microsoft.com/dotnet/api/microsoft.azure.cosmos'
const helper =
  'https://github.com/Azure/azure-cosmos-dotnet-v3/blob/master/Microsoft.Azure.Cosmos/src/Authorization/AuthorizationHelper.cs'
const github = 'https://github.com/Azure'
const constants = `${github}/azure-sdk-for-rust (cosmos_status.rs)`

const permissions = 'cosmos/sdk-permissions.test.ts'
const tokens = 'cosmos/identity/resource-tokens.test.ts'
const aad = 'cosmos/sdk-entra.test.ts'

const usersAndPermissions: readonly Row[] = [
  {
    rule: 'Users are created, upserted, read, listed, queried, replaced (which may rename them) and deleted.',
    routes: [
      ...['GET users', 'HEAD users', 'POST users'],
      ...['GET users/*', 'HEAD users/*', 'PUT users/*', 'DELETE users/*'],
    ],
    sources: [`${rest}/users`],
    heldBy: [
      sim(permissions, 'a user is created, read, listed, queried, replaced, upserted and deleted'),
      sim(permissions, 'If-Match guards users and permissions'),
      sim(permissions, 'users and permissions go with their database'),
    ],
  },
  {
    rule: 'Permissions likewise; each GET, POST and PUT answers with a token of its own.',
    routes: [
      ...['GET permissions', 'HEAD permissions', 'POST permissions', 'GET permissions/*'],
      ...['HEAD permissions/*', 'PUT permissions/*', 'DELETE permissions/*'],
    ],
    sources: [`${rest}/permissions`],
    heldBy: [
      sim(permissions, 'a permission has its properties, and a token of its own at each answer'),
    ],
  },
  {
    rule: 'Rids of users are the database’s four bytes and four more with the highest bit clear; of permissions, the user’s eight and eight more.',
    sources: [`${rest}/create-a-permission`],
    heldBy: [sim(permissions, 'rids of users and permissions nest as the service’s do')],
  },
  {
    rule: 'A user has one permission for a resource; a second is 409.',
    sources: [`${rest}/permissions`],
    heldBy: [
      sim(
        permissions,
        'a user has one permission for a resource, and one for each partition key of it',
      ),
    ],
  },
  {
    rule: 'Another partition key of the same container is another resource.',
    assumed:
      'The sentence about one permission for a resource is older than partition keys in permissions.',
    knob: null,
    heldBy: [
      sim(
        permissions,
        'a user has one permission for a resource, and one for each partition key of it',
      ),
    ],
  },
  {
    rule: 'A missing property, an unknown mode, a link that is none or a partition key that is no array is 400.',
    sources: [`${rest}/create-a-permission`, `${github}/azure-sdk-for-js/issues/4972`],
    heldBy: [sim(permissions, 'a permission that cannot be is refused')],
  },
  {
    rule: 'A permission for a container that does not exist is 404, for one of another database 400; a document need not exist.',
    sources: [`${github}/azure-sdk-for-js/issues/4972`],
    assumed: 'Not published. Tokens hold to the container’s rid, so it has to be there.',
    knob: null,
    heldBy: [sim(permissions, 'a permission that cannot be is refused')],
  },
  {
    rule: 'A token lasts an hour, or 10 seconds to 24 hours as x-ms-documentdb-expiry-seconds says.',
    sources: [`${dotnet}.user.createpermissionasync`],
    heldBy: [
      sim(tokens, 'a token without a lifetime of its own lasts an hour'),
      sim(tokens, 'a token ends when it said it would, by the service’s clock'),
      sim(permissions, 'a permission that cannot be is refused'),
    ],
  },
  {
    rule: 'Keys that may change no metadata change no users and permissions.',
    assumed:
      'Microsoft names databases, containers, throughput and scripts; users are not named, and a client must not count on them.',
    knob: null,
    heldBy: [
      sim(permissions, 'where keys may change no metadata, they change no users and permissions'),
    ],
  },
  {
    rule: 'A read-only key reads everything but permissions.',
    sources: ['https://learn.microsoft.com/azure/cosmos-db/secure-access-to-data'],
    heldBy: [sim(tokens, 'a read-only key reads no permission: its token might write')],
  },
  {
    rule: 'That refusal is the 401 of a wrong key.',
    assumed:
      'Its status is not published; the same as for a write with such a key, since a 401 is what makes clients change keys.',
    knob: null,
    heldBy: [sim(tokens, 'a read-only key reads no permission: its token might write')],
  },
]

const resourceTokens: readonly Row[] = [
  {
    rule: 'A token has the form type=resource&ver=1&sig={16 bytes};{what is granted};, and needs no date.',
    sources: [`${rest}/create-a-permission`, '@azure/cosmos dist/esm/request/request.js'],
    heldBy: [sim(tokens, 'a token needs no date, and is taken encoded or not, of either version')],
  },
  {
    rule: 'A token for a container serves for everything in it: documents, queries, batches, bulk, change feed.',
    sources: [`${rest}/permissions`],
    heldBy: [
      sim(permissions, 'a token for a container does everything in it, and nothing beside it'),
    ],
  },
  {
    rule: 'A token to read refuses writes with 403 and “Insufficient permissions provided …”.',
    sources: [`${github}/azure-cosmos-dotnet-v3/issues/3657`],
    heldBy: [
      sim(permissions, 'a token to read refuses writes with 403 and the service’s sentence'),
    ],
  },
  {
    rule: 'A token for a partition key reaches that key alone; a query that names none is 403.',
    sources: [`${github}/azure-sdk-for-python/issues/8890`],
    heldBy: [sim(permissions, 'a token for a partition key reaches that key alone')],
  },
  {
    rule: 'A token for a document reaches that document alone, and upserts not even that.',
    sources: [`${github}/azure-cosmos-dotnet-v3/issues/4116`],
    heldBy: [
      sim(permissions, 'a token for a document reaches that document alone'),
      sim(tokens, 'a token for a document upserts nothing, not even that document'),
    ],
  },
  {
    rule: 'What a replica says to a resource token in direct mode, “Request is blocked. …”, is never answered: this is a gateway, whose sentence differs.',
    sources: [
      'cosmos/errors.json#backend403_resourceToken',
      `${github}/azure-sdk-for-python/issues/8890`,
    ],
    heldBy: [sim(tokens, 'a token for a document upserts nothing, not even that document')],
  },
  {
    rule: 'Every token reads the account, and its container’s properties and ranges.',
    sources: ['@azure/cosmos dist/esm/auth.js'],
    assumed:
      'Nothing is published; the SDK sends any token it has for the account, and needs the rest to route.',
    knob: null,
    heldBy: [sim(tokens, 'every token reads the account, and none lists databases')],
  },
  {
    rule: 'An expired token is 403 with its start, its expiry and the service’s time.',
    sources: [helper],
    heldBy: [sim(tokens, 'a token ends when it said it would, by the service’s clock')],
  },
  {
    rule: 'A token outlives its permission and its user.',
    sources: [`${dotnet}.permission.deleteasync`],
    heldBy: [sim(tokens, 'a token outlives its permission and its user')],
  },
  {
    rule: 'A token ends with the account key that it was made under, in each region as the key does there.',
    assumed:
      'Microsoft does not say what seals a token. That a rotation ends tokens is the worst case.',
    knob: 'resourceTokensDieWithKey',
    heldBy: [
      sim(tokens, 'a token ends with the key that it was made under, region by region'),
      sim(tokens, 'where the knob says so, a token outlives its key'),
    ],
  },
  {
    rule: 'A token ends with its container, even where one is made anew under the same name.',
    assumed: 'Not published. Tokens hold to rids, so the new container is another.',
    knob: null,
    heldBy: [sim(tokens, 'a token ends with its container, even where that is made anew')],
  },
  {
    rule: 'A token that was tampered with is the 401 of a wrong key.',
    assumed: 'Its answer is not published.',
    knob: null,
    heldBy: [sim(tokens, 'a token of which any one byte differs is refused')],
  },
  {
    rule: 'Where local authentication is off, resource tokens are refused as keys are.',
    sources: [
      'https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control',
    ],
    assumed:
      'The sentence speaks of local authorization, of which resource tokens are a part; no recording.',
    knob: null,
    heldBy: [sim(tokens, 'where local authorization is off, so are tokens')],
  },
]

const entraTokens: readonly Row[] = [
  {
    rule: 'A token for the account’s endpoint, which the SDK asks for, or for https://cosmos.azure.com is taken.',
    sources: [
      '@azure/cosmos dist/esm/ClientContext.js',
      `${github}/azure-sdk-for-java/issues/42800`,
    ],
    heldBy: [
      sim(aad, 'the real identity library gets a token for the account, and its role reads'),
      sim(aad, 'the scope of Cosmos DB as such is taken as well'),
    ],
  },
  {
    rule: 'The two built-in data roles grant what Microsoft publishes; roles of ARM reach no data.',
    sources: [
      'https://learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-actions',
    ],
    heldBy: [
      sim(aad, 'a data reader writes nothing: 403 with 5302, principal, action and resource'),
      sim(aad, 'a data contributor does everything with documents'),
      sim(aad, 'roles of ARM reach no data, however much they may'),
    ],
  },
  {
    rule: 'A patch needs items/replace, a feed without a query executeQuery, a batch the action of each of its operations.',
    assumed: 'The reference names no action of their own for these.',
    knob: null,
    heldBy: [
      sim(aad, 'a data contributor does everything with documents'),
      sim(aad, 'each operation of a batch needs its own action'),
    ],
  },
  {
    rule: 'Changes of databases, containers, throughput, scripts and users are 403 with 5300, whatever is granted.',
    sources: ['https://github.com/dotnet/efcore/issues/32197', constants],
    heldBy: [sim(aad, 'metadata is changed through ARM, or with a key: 403 with 5300')],
  },
  {
    rule: 'Reads of offers and users, and queries over metadata, are refused likewise.',
    assumed: 'Only changes are recorded; that these reads fail too is the worst case.',
    knob: null,
    heldBy: [sim(aad, 'metadata is changed through ARM, or with a key: 403 with 5300')],
  },
  {
    rule: 'A missing action is 403: 5301 for metadata, 5302 for data by names, 5303 by rids, with principal, action and resource.',
    sources: [
      `${github}/azure-cosmos-dotnet-v3/issues/2891`,
      `${github}/azure-cosmos-dotnet-v3/issues/3110`,
      constants,
    ],
    heldBy: [
      sim(aad, 'who may not read metadata reads not even the account: 403 with 5301'),
      sim(aad, 'a data reader writes nothing: 403 with 5302, principal, action and resource'),
    ],
  },
  {
    rule: 'An expired token is 401 with 5006 and both times.',
    sources: [`${github}/azure-sdk-for-js/issues/22620`, 'cosmos/errors.json#substatusTable'],
    heldBy: [sim(aad, 'an expired token is 401 with 5006 and both times')],
  },
  {
    rule: 'A token for another resource is 401 with 5008, and the answer names what is accepted.',
    sources: [`${github}/azure-sdk-for-java/issues/42800`, constants],
    heldBy: [
      sim(aad, 'a token for another resource, or with one byte changed, is refused as what it is'),
    ],
  },
  {
    rule: 'A token that is none is 401 with 5003, a forged one with 5004; their sentences.',
    sources: [constants],
    assumed: 'The substatuses are published, the sentences are not.',
    knob: null,
    heldBy: [
      sim(aad, 'a token for another resource, or with one byte changed, is refused as what it is'),
    ],
  },
  {
    rule: 'Where local authentication is off, tokens of Entra are served as before.',
    sources: [
      'https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control',
    ],
    heldBy: [sim(aad, 'where local authorization is off, tokens of Entra are served as before')],
  },
]

export const cosmosIdentity: Section = {
  title: 'Cosmos DB: users, resource tokens, Entra',
  rows: [...usersAndPermissions, ...resourceTokens, ...entraTokens],
}
