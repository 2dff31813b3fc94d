import { type Section, sim } from './row.ts'

const docs = 'https://learn.microsoft.com/azure/cosmos-db/nosql'
const rest = 'https://learn.microsoft.com/rest/api/cosmos-db'
const baselines =
  'https://github.com/Azure/azure-cosmos-dotnet-v3/tree/master/Microsoft.Azure.Cosmos/tests/Microsoft.Azure.Cosmos.Tests/BaselineTest/TestBaseline'

/** Queries, throughput, scripts and what else clients ask of containers. */
export const cosmosQueries: Section = {
  title: 'Cosmos DB: queries, throughput, scripts',
  rows: [
    {
      rule: 'Query plans and rewritten queries are, to the letter, those of the service’s own planner.',
      sources: [`${baselines}/QueryPlanBaselineTests.Aggregates.xml`],
      heldBy: [
        sim(
          'cosmos/query-plan.test.ts',
          "plans are those of the service's own planner, as Microsoft has published them",
        ),
        sim('cosmos/query-plan.test.ts', 'what no client could merge is refused'),
      ],
    },
    {
      rule: 'What the gateway cannot answer alone is refused with 400 and 1004, and the SDK merges by its plan.',
      sources: [`${rest}/querying-cosmosdb-resources-using-the-rest-api`],
      heldBy: [
        sim(
          'cosmos/sdk-queries.test.ts',
          'what the gateway cannot answer alone it refuses with 1004, and the plan',
        ),
        sim(
          'cosmos/sdk-queries.test.ts',
          'a container answers the same however many partitions it has',
        ),
        sim(
          'cosmos/sdk-queries.test.ts',
          'aggregates over partitions are what a program makes of all items',
        ),
        sim(
          'cosmos/sdk-queries.test.ts',
          'sorted, paged and cut over partitions, the items are those of the whole',
        ),
      ],
    },
    {
      rule: 'Operators and functions come to what Microsoft says, `undefined` included.',
      sources: [`${docs}/query/`],
      heldBy: [
        sim(
          'cosmos/query-semantics.test.ts',
          'every operator and function comes to what Microsoft says',
        ),
        sim('cosmos/query-laws.test.ts', 'a filter finds what another engine finds'),
        sim('cosmos/query-laws.test.ts', 'what is computed is what another engine computes'),
      ],
    },
    {
      rule: 'A query that is none is refused with the service’s code and the place in the text.',
      sources: [`${baselines}/QueryPlanBaselineTests.Negative.xml`],
      heldBy: [
        sim(
          'cosmos/query-semantics.test.ts',
          'a query that is none is refused with its code and place',
        ),
      ],
    },
    {
      rule: '`NOT a IN (b)`, `NOT a = b` and their like are refused; `NOT (…)` and `a NOT IN (b)` are not.',
      assumed:
        'Microsoft’s published grammar binds NOT tighter, people read it looser; either answer would be silently wrong for the other.',
      knob: null,
      heldBy: [
        sim(
          'cosmos/query-semantics.test.ts',
          'NOT before a bare comparison says two things, so it is refused and the remedy told',
        ),
      ],
    },
    {
      rule: 'Sorting by several properties needs a matching composite index.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/index-policy'],
      heldBy: [
        sim(
          'cosmos/query-semantics.test.ts',
          'sorting by several properties needs a composite index',
        ),
      ],
    },
    {
      rule: 'A continuation goes on behind its page over writes and splits, and stays below 1 KB.',
      sources: [`${docs}/query/pagination`],
      heldBy: [
        sim(
          'cosmos/sdk-queries.test.ts',
          'a plain query goes on behind its token, over a split and over writes',
        ),
        sim('cosmos/sdk-queries.test.ts', 'a sorted query goes on over a split, from its token'),
        sim(
          'cosmos/sdk-limits.test.ts',
          'a token stays small however long the text is that sorted the page',
        ),
      ],
    },
    {
      rule: 'The gateway reads partitions one after the other, and no page reaches over the end of one.',
      assumed: 'Microsoft promises no page size; short pages are the worst case.',
      knob: null,
      heldBy: [
        sim(
          'cosmos/sdk-queries.test.ts',
          'a plain query goes on behind its token, over a split and over writes',
        ),
      ],
    },
    {
      rule: 'Throughput is manual or scales, has a least, and splits partitions when it is raised.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/concepts-limits'],
      heldBy: [
        sim(
          'cosmos/sdk-throughput.test.ts',
          'throughput that scales has a maximum, and no fixed units',
        ),
        sim(
          'cosmos/sdk-throughput.test.ts',
          'throughput that was once high cannot be lowered to nearly nothing',
        ),
      ],
    },
    {
      rule: 'A raise that needs more partitions splits them before its answer, which says that it is pending.',
      assumed:
        'Microsoft says minutes to hours; that a client meets 410 at once is the worst case.',
      knob: null,
      heldBy: [
        sim(
          'cosmos/sdk-throughput.test.ts',
          'more than the partitions can serve makes them split, and documents stay',
        ),
      ],
    },
    {
      rule: 'A serverless account refuses any throughput.',
      assumed:
        'The sentence is the service’s; that it comes for databases as for containers is not said.',
      knob: 'cosmos.catalogue.serverless',
      heldBy: [
        sim(
          'cosmos/sdk-throughput.test.ts',
          'what is no throughput is refused, and so is any on a serverless account',
        ),
      ],
    },
    {
      rule: 'Stored procedures, triggers and functions are kept as resources; whatever would run one is refused with 400.',
      routes: [
        ...['sprocs', 'triggers', 'udfs'].flatMap(kind => [
          ...[`GET ${kind}`, `HEAD ${kind}`, `POST ${kind}`],
          ...[`GET ${kind}/*`, `HEAD ${kind}/*`, `PUT ${kind}/*`, `DELETE ${kind}/*`],
        ]),
        'POST sprocs/*',
      ],
      sources: [`${rest}/stored-procedures`, `${rest}/triggers`, `${rest}/user-defined-functions`],
      heldBy: [
        sim(
          'samples/server-side-scripts.test.ts',
          'procedures, triggers and functions are resources like others',
        ),
        sim(
          'samples/server-side-scripts.test.ts',
          'what would have to run is refused, and nothing is written',
        ),
      ],
    },
    {
      rule: 'A batch has at most 100 operations (400) and 2 MB (413), and honours each If-Match.',
      sources: [`${docs}/transactional-batch`],
      heldBy: [
        sim('cosmos/sdk-limits.test.ts', 'a batch has at most 100 operations and 2 MB'),
        sim(
          'cosmos/sdk-limits.test.ts',
          'a batch honours each If-Match, and fails as a whole with 412 and 424',
        ),
      ],
    },
    {
      rule: 'Documents that are left out of the index are found by no query, and still read.',
      sources: ['https://learn.microsoft.com/azure/cosmos-db/index-policy'],
      heldBy: [
        sim(
          'samples/management.test.ts',
          'IndexManagement: what is left out of the index is not found, and still read',
        ),
      ],
    },
    {
      rule: 'The calls of the SDK’s own samples succeed, or are refused where a script would have to run.',
      sources: [
        'https://github.com/Azure/azure-sdk-for-js/tree/main/sdk/cosmosdb/cosmos/samples/v4/typescript/src',
      ],
      heldBy: [
        sim(
          'samples/item-management.test.ts',
          'ItemManagement: items are created, read, queried, replaced, patched, deleted',
        ),
        sim(
          'samples/bulk.test.ts',
          'Bulk: one call, one operation of each kind, over three partitions',
        ),
        sim(
          'samples/change-feed.test.ts',
          'ChangeFeed: from a place, a time, the beginning and now, by the older call',
        ),
        sim(
          'samples/management.test.ts',
          'ContainerManagement: containers are created with all their policies',
        ),
        sim(
          'samples/user-management.test.ts',
          'permissions: users with rights of their own on two containers, and no key',
        ),
      ],
    },
    {
      rule: 'A query that binds more than 10,000,000 rows for one page, or joins a text of more than 4 MB, is refused with 400.',
      assumed:
        'The service ends a page by its time and memory, and tells no bound; a page that it cut short at another row would be no worse.',
      knob: null,
      heldBy: [
        sim('cosmos/query-semantics.test.ts', 'no query takes the time or memory of all others'),
      ],
    },
    {
      rule: 'The change feed of all versions and deletes is refused with 400, as without continuous backup.',
      sources: [`${docs}/change-feed-modes`],
      heldBy: [
        sim(
          'samples/change-feed.test.ts',
          'ChangeFeedIteratorAllVersionsAndDeletes: refused, as without continuous backup',
        ),
      ],
    },
  ],
}
