import { type Section, sim } from './row.ts'

const article =
  'https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources'
const unauthorized = 'https://learn.microsoft.com/azure/cosmos-db/troubleshoot-unauthorized'

/** Client and gateway share it, as its first comment says. */
const helper =
  'https://github.com/Azure/azure-cosmos-dotnet-v3/blob/master/Microsoft.Azure.Cosmos/src/Authorization/AuthorizationHelper.cs'

export const cosmosAuth: Section = {
  title: 'Cosmos DB: who may come in',
  rows: [
    {
      rule: 'Verb, type, link and date are signed with HMAC-SHA256 under the decoded key; verb, type and date in lower case, the link as it is.',
      sources: [article, 'cosmos/vectors.json'],
      heldBy: [
        sim('cosmos/signature.test.ts', 'all fifty published signatures are accepted'),
        sim(
          'cosmos/signature.test.ts',
          'a request that differs from the signed one in any one byte is refused',
        ),
      ],
    },
    {
      rule: 'Percent-encoding of the header is undone before it is read, in either case of its digits.',
      sources: ['cosmos/vectors.json'],
      heldBy: [
        sim(
          'cosmos/signature.test.ts',
          'either case of percent-encoding, and none at all, mean the same',
        ),
      ],
    },
    {
      rule: 'A plus that is not encoded is a space, a comma ends the signature, and a header of more than 1,024 characters is malformed.',
      sources: [helper],
      heldBy: [
        sim(
          'cosmos/signature.test.ts',
          'a plus that is not encoded is a space, so that its signature is another',
        ),
        sim('cosmos/signature.test.ts', 'what follows a comma is another header, and not read'),
        sim(
          'cosmos/authenticate.test.ts',
          'a missing and a malformed header have their own sentences',
        ),
      ],
    },
    {
      rule: 'A signature of which one letter has another case is refused.',
      sources: [helper],
      assumed:
        'The shared helper also takes a signature whose letters differ in case only; no client may count on it.',
      knob: null,
      heldBy: [
        sim('cosmos/signature.test.ts', 'a header that differs in any one character is refused'),
      ],
    },
    {
      rule: 'Rid-based links are signed as the last rid alone, in lower case; name-based links keep their case.',
      sources: [article, 'cosmos/vectors.json'],
      heldBy: [
        sim(
          'cosmos/authenticate-links.test.ts',
          'rid-based requests are signed over the last rid alone, in lower case',
        ),
        sim(
          'cosmos/authenticate-links.test.ts',
          'names keep their case and are signed as they read, not as they are encoded',
        ),
        sim(
          'cosmos/authenticate-links.test.ts',
          'every kind of resource is served by its rid, signed alone and in lower case',
        ),
      ],
    },
    {
      rule: 'An offer is signed over its id in lower case.',
      sources: [article],
      heldBy: [
        sim('cosmos/authenticate-links.test.ts', 'an offer is signed over its id in lower case'),
      ],
    },
    {
      rule: 'The date comes in x-ms-date, else in Date, in the form of RFC 1123.',
      sources: [
        'https://learn.microsoft.com/rest/api/cosmos-db/common-cosmosdb-rest-request-headers',
      ],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a date must come, in either of two headers, in the form of RFC 1123',
        ),
      ],
    },
    {
      rule: 'Date is signed in a line of its own, which is empty where x-ms-date comes.',
      sources: [helper],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'Date stands for x-ms-date where that is absent or empty, in a line of its own',
        ),
      ],
    },
    {
      rule: 'A date of another zone than GMT, or with a weekday that does not fit, is 401.',
      sources: ['https://learn.microsoft.com/answers/questions/505129', helper],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a date must come, in either of two headers, in the form of RFC 1123',
        ),
      ],
    },
    {
      rule: 'Every answer carries the region’s own time in date; refusals are chunked.',
      sources: ['cosmos/errors.json#gateway401_wrongKey'],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'every answer carries the region’s own time, which may be wrong',
        ),
        sim(
          'cosmos/authenticate.test.ts',
          'a wrong key is refused with the payload that the service signed',
        ),
      ],
    },
    {
      rule: 'An account that is closed to the public internet (publicNetworkAccess: Disabled) answers 403 before it looks at a key; all of the simulator’s callers come that way.',
      sources: [
        'https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-forbidden',
        'https://learn.microsoft.com/azure/cosmos-db/how-to-configure-private-endpoints',
      ],
      heldBy: [
        sim(
          'cosmos/private-only.test.ts',
          'an account that is closed to the public internet refuses before it asks for a key',
        ),
      ],
    },
    {
      rule: 'A region’s clock may be wrong.',
      assumed:
        'Microsoft publishes no bound for its clocks; with the knob a client’s correction can be tried.',
      knob: 'clockSkewMs',
      heldBy: [
        sim(
          'cosmos/clock-skew.test.ts',
          'the clocks of all regions are off by one option, or each by its own',
        ),
      ],
    },
    {
      rule: 'A wrong or retired key is 401, with the payload that the service signed.',
      sources: ['cosmos/errors.json#gateway401_wrongKey'],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a wrong key is refused with the payload that the service signed',
        ),
      ],
    },
    {
      rule: 'A header that is missing or malformed is 401, each with its own sentence.',
      sources: [
        'cosmos/errors.json#gateway401_headerMissing',
        'cosmos/errors.json#gateway401_headerMalformed',
      ],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a missing and a malformed header have their own sentences',
        ),
      ],
    },
    {
      rule: 'A read-only key reads and queries; on every write it is the wrong key, 401.',
      sources: ['cosmos/errors.json#readOnlyKeyOnWrite', unauthorized],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a read-only key reads and queries, and is the wrong key for every write',
        ),
        sim('cosmos/access.test.ts', 'no header lets a read-only key write what cannot be queried'),
      ],
    },
    {
      rule: 'Where local authentication is off, every key is 401 with substatus 5202.',
      sources: ['cosmos/errors.json#gateway401_localAuthDisabled'],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'local authorization that is switched off refuses every key with 5202',
        ),
      ],
    },
    {
      rule: 'A date outside its window is 403 with the service’s time.',
      sources: ['cosmos/errors.json#gateway403_clockSkew'],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a clock that is far off is refused with the time of the service',
        ),
      ],
    },
    {
      rule: 'The window is 15 minutes behind and 5 minutes ahead.',
      sources: ['cosmos/errors.json#gateway403_clockSkew'],
      assumed:
        'A clock 6 min 46 s ahead was refused, so the bound ahead is below that. A comment of the shared helper speaks of 5 minutes at either end, which would make 20 behind; the narrower is the worst case.',
      knob: 'dateWindow.aheadMs, dateWindow.behindMs',
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'a clock that is far off is refused with the time of the service',
        ),
      ],
    },
    {
      rule: 'The signature is checked before the date, so that only who holds a key learns the service’s time.',
      assumed: 'The order of the checks is not published. A wrong key with a wrong date is 401.',
      knob: null,
      heldBy: [sim('cosmos/fuzz.test.ts', 'any authorization header at all is answered with 401')],
    },
    {
      rule: 'Each region takes and refuses keys for itself.',
      sources: [unauthorized],
      heldBy: [
        sim(
          'cosmos/authenticate.test.ts',
          'each region takes and refuses keys for itself, and the witness names them',
        ),
      ],
    },
    {
      rule: 'Where disableKeyBasedMetadataWriteAccess is set, keys change no database, container or throughput, and still write documents.',
      sources: [
        'https://learn.microsoft.com/azure/cosmos-db/role-based-access-control#prevent-sdk-changes',
      ],
      heldBy: [
        sim(
          'cosmos/regions.test.ts',
          'keys may be forbidden to change metadata, and still write documents',
        ),
      ],
    },
  ],
}
