import { type Section, sim } from './row.ts'

const rest = 'https://learn.microsoft.com/rest/api/cosmos-db'

export const cosmosDocuments: Section = {
  title: 'Cosmos DB: databases, containers, documents',
  rows: [
    {
      rule: 'Databases and containers are created, read, listed, queried, replaced and deleted.',
      routes: [
        ...['GET dbs', 'HEAD dbs', 'POST dbs', 'GET dbs/*', 'HEAD dbs/*', 'DELETE dbs/*'],
        ...['GET colls', 'HEAD colls', 'POST colls'],
        ...['GET colls/*', 'HEAD colls/*', 'PUT colls/*', 'DELETE colls/*'],
      ],
      sources: [`${rest}/databases`, `${rest}/collections`],
      heldBy: [
        sim(
          'cosmos/sdk-partitions.test.ts',
          'databases and containers are listed, queried, replaced and deleted',
        ),
      ],
    },
    {
      rule: 'Documents are created, read, replaced, patched, deleted and queried page by page.',
      routes: [
        ...['GET docs', 'POST docs', 'GET docs/*', 'HEAD docs/*'],
        ...['PUT docs/*', 'PATCH docs/*', 'DELETE docs/*'],
      ],
      sources: [`${rest}/documents`, `${rest}/querying-cosmosdb-resources-using-the-rest-api`],
      heldBy: [
        sim(
          'cosmos/sdk-documents.test.ts',
          'a document is created, read, replaced, patched and deleted',
        ),
        sim('cosmos/sdk-documents.test.ts', 'a query answers in several pages'),
      ],
    },
    {
      rule: 'Physical partitions are listed as ranges of the effective partition key.',
      routes: ['GET pkranges'],
      sources: [`${rest}/get-partition-key-ranges`],
      heldBy: [
        sim(
          'cosmos/sdk-partitions.test.ts',
          'a container with several physical partitions answers queries as one',
        ),
        sim(
          'cosmos/sdk-partitions.test.ts',
          'the simulator routes keys as the SDK does, in both versions and hierarchies',
        ),
      ],
    },
    {
      rule: 'Throughput is read and replaced by its offer.',
      routes: ['GET offers', 'HEAD offers', 'POST offers', 'GET offers/*', 'PUT offers/*'],
      sources: [`${rest}/offers`],
      heldBy: [
        sim('cosmos/sdk-partitions.test.ts', 'throughput is read and replaced by its offer'),
      ],
    },
    {
      rule: 'If-Match and If-None-Match are honoured: 412, and 304 without a body.',
      sources: [`${rest}/common-cosmosdb-rest-request-headers`],
      heldBy: [
        sim(
          'cosmos/sdk-conditions.test.ts',
          'a write whose If-Match is out of date fails and changes nothing',
        ),
        sim(
          'cosmos/sdk-conditions.test.ts',
          'a read whose If-None-Match is up to date has no body',
        ),
      ],
    },
    {
      rule: 'A transactional batch happens as a whole or not at all: 424 for what did not fail itself.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/nosql/transactional-batch'],
      heldBy: [
        sim(
          'cosmos/sdk-documents.test.ts',
          'a transactional batch happens as a whole or not at all',
        ),
      ],
    },
    {
      rule: 'Bulk requests run each operation for itself, and survive a split.',
      sources: ['@azure/cosmos README.md'],
      heldBy: [
        sim('cosmos/sdk-documents.test.ts', 'bulk requests run each operation for itself'),
        sim('cosmos/sdk-partitions.test.ts', 'bulk requests survive a split'),
      ],
    },
    {
      rule: 'The change feed has each document once, in the order of its latest change; from the beginning, now or a time; 304 at its end.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/nosql/change-feed-pull-model'],
      heldBy: [
        sim('cosmos/sdk-documents.test.ts', 'the change feed goes on where it stopped'),
        sim(
          'cosmos/sdk-change-feed.test.ts',
          'a document that changed twice is told once, and the order is that of changes',
        ),
        sim(
          'cosmos/sdk-change-feed.test.ts',
          'a split in the middle of a feed loses nothing and repeats nothing',
        ),
      ],
    },
    {
      rule: 'Documents go when their time to live is over.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/nosql/time-to-live'],
      heldBy: [
        sim('cosmos/sdk-conditions.test.ts', 'documents go when their time to live is over'),
        sim(
          'cosmos/sdk-conditions.test.ts',
          'what a container says of time to live holds for the documents that it has',
        ),
        sim(
          'cosmos/sdk-limits.test.ts',
          'a time to live is a positive number of seconds, or for ever',
        ),
      ],
    },
    {
      rule: 'A unique key is unique within its logical partition.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/unique-keys'],
      heldBy: [
        sim('cosmos/sdk-conditions.test.ts', 'a unique key is unique within its logical partition'),
      ],
    },
    {
      rule: 'A document has 2 MB at most.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/concepts-limits'],
      heldBy: [sim('cosmos/sdk-conditions.test.ts', 'a document over 2 MB is refused')],
    },
    {
      rule: 'A document has 128 levels at most.',
      sources: [
        'https://learn.microsoft.com/azure/cosmos-db/concepts-limits',
        'https://github.com/microsoft/botbuilder-dotnet/issues/4755',
      ],
      heldBy: [
        sim(
          'cosmos/sdk-limits.test.ts',
          'a document has at most 128 levels, and deeper JSON is none at all',
        ),
      ],
    },
    {
      rule: 'Throttling, 449, 503, 408 and 404 with 1002 come in the service’s words.',
      sources: [
        'https://learn.microsoft.com/azure/cosmos-db/nosql/conceptual-resilient-sdk-applications',
      ],
      heldBy: [
        sim('cosmos/faults.test.ts', 'each fault is answered as the service words it'),
        sim('cosmos/faults.test.ts', 'the SDK rides out throttling, and its caller sees nothing'),
      ],
    },
  ],
}
