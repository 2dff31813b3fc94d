import fc from 'fast-check'
import t from 'tap'
import { definitionOf } from '../../src/cosmos/documents/partition-key.ts'
import { answerPlan } from '../../src/cosmos/documents/query-plan.ts'
import type { Json, JsonObject } from '../../src/cosmos/json.ts'
import { openShop } from './support/shop.ts'

/** What @azure/cosmos 4.10 says that it can merge (supportedQueryFeaturesBuilder). */
const features =
  'NonValueAggregate,Aggregate,Distinct,MultipleOrderBy,OffsetAndLimit,OrderBy,Top,' +
  'CompositeAggregate,GroupBy,MultipleAggregates,NonStreamingOrderBy,ListAndSetAggregate,CountIf'

const definition = definitionOf({ paths: ['/key'], version: 2 })

const planOf = (
  query: string,
  known = features,
  parameters: { name: string; value: Json }[] = [],
) =>
  answerPlan({ query, parameters }, definition, known) as JsonObject & {
    queryInfo: JsonObject
    queryRanges: { min: string; max: string; isMaxInclusive: boolean }[]
  }

const filter = '{documentdb-formattableorderbyquery-filter}'

/** From QueryPlanBaselineTests of Microsoft.Azure.Cosmos.Tests: what the service's own planner makes. */
const published: readonly (readonly [query: string, info: JsonObject])[] = [
  [
    'SELECT VALUE AVG(c.blah) FROM c',
    {
      aggregates: ['Average'],
      hasSelectValue: true,
      rewrittenQuery:
        'SELECT VALUE [{"item": {"sum": SUM(c.blah), "count": COUNT(c.blah)}}]\nFROM c',
    },
  ],
  [
    'SELECT AVG(c.blah) FROM c',
    {
      aggregates: [],
      groupByAliasToAggregateType: { $1: 'Average' },
      groupByAliases: ['$1'],
      hasSelectValue: false,
      rewrittenQuery:
        'SELECT {"$1": {"item": {"sum": SUM(c.blah), "count": COUNT(c.blah)}}} AS payload\nFROM c',
    },
  ],
  [
    'SELECT VALUE MIN(c.blah + 1) FROM c',
    {
      aggregates: ['Min'],
      rewrittenQuery:
        'SELECT VALUE [{"item": MIN((c.blah + 1)), "item2": {"min": MIN((c.blah + 1)), "count": COUNT((c.blah + 1))}}]\nFROM c',
    },
  ],
  [
    'SELECT VALUE MIN(c.blah) FROM c WHERE c.key > 1',
    {
      rewrittenQuery:
        'SELECT VALUE [{"item": MIN(c.blah), "item2": {"min": MIN(c.blah), "count": COUNT(c.blah)}}]\nFROM c\nWHERE (c.key > 1)',
    },
  ],
  [
    'SELECT SUM(c.blah) as sum_blah FROM c',
    {
      groupByAliasToAggregateType: { sum_blah: 'Sum' },
      rewrittenQuery: 'SELECT {"sum_blah": {"item": SUM(c.blah)}} AS payload\nFROM c',
    },
  ],
  ['SELECT DISTINCT c.blah FROM c', { distinctType: 'Unordered', rewrittenQuery: '' }],
  [
    'SELECT DISTINCT VALUE c.blah FROM c ORDER BY c.blah',
    {
      distinctType: 'Ordered',
      orderBy: ['Ascending'],
      orderByExpressions: ['c.blah'],
      rewrittenQuery: `SELECT c._rid, [{"item": c.blah}] AS orderByItems, c.blah AS payload\nFROM c\nWHERE ((${filter}) AND IS_DEFINED(c.blah))\nORDER BY c.blah`,
    },
  ],
  [
    'SELECT * FROM c WHERE c.blah = 5 OFFSET 1 LIMIT 2',
    {
      offset: 1,
      limit: 2,
      rewrittenQuery: 'SELECT *\nFROM c\nWHERE (c.blah = 5)\nOFFSET 0 LIMIT 3',
    },
  ],
  [
    'SELECT DISTINCT *  FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2',
    {
      distinctType: 'Unordered',
      offset: 1,
      limit: 2,
      rewrittenQuery: 'SELECT DISTINCT *\nFROM c\nWHERE (c.key = 5)',
    },
  ],
  [
    'SELECT c.name FROM c WHERE c.key = 5 GROUP BY c.name OFFSET 1 LIMIT 2',
    {
      groupByExpressions: ['c.name'],
      groupByAliasToAggregateType: { name: null },
      groupByAliases: ['name'],
      rewrittenQuery:
        'SELECT [{"item": c.name}] AS groupByItems, {"name": c.name} AS payload\nFROM c\nWHERE (c.key = 5)\nGROUP BY c.name',
    },
  ],
  ['SELECT * FROM c WHERE c.key = 5 OFFSET 1 LIMIT 2', { offset: null, rewrittenQuery: '' }],
  ["SELECT * FROM Root r WHERE r.key = 'key' ORDER BY r.key", { orderBy: [], rewrittenQuery: '' }],
  [
    'SELECT TOP 10 * FROM Root r ORDER BY r.blah',
    {
      top: 10,
      rewrittenQuery: `SELECT TOP 10 r._rid, [{"item": r.blah}] AS orderByItems, r AS payload\nFROM Root AS r\nWHERE (${filter})\nORDER BY r.blah`,
    },
  ],
  [
    'SELECT * FROM Root r WHERE r.key IN (1, 2, 3) ORDER BY r.key DESC',
    {
      orderBy: ['Descending'],
      rewrittenQuery: `SELECT r._rid, [{"item": r.key}] AS orderByItems, r AS payload\nFROM Root AS r\nWHERE ((r.key IN (1, 2, 3)) AND (${filter}))\nORDER BY r.key DESC`,
    },
  ],
  [
    'SELECT VALUE c.blah FROM Root c ORDER BY c.key',
    {
      hasSelectValue: true,
      rewrittenQuery: `SELECT c._rid, [{"item": c.key}] AS orderByItems, c.blah AS payload\nFROM Root AS c\nWHERE ((${filter}) AND IS_DEFINED(c.blah))\nORDER BY c.key`,
    },
  ],
  [
    'SELECT TOP 50 r[0] FROM r ORDER BY r.key ASC',
    {
      rewrittenQuery: `SELECT TOP 50 r._rid, [{"item": r.key}] AS orderByItems, {"$1": r[0]} AS payload\nFROM r\nWHERE (${filter})\nORDER BY r.key ASC`,
    },
  ],
  [
    'SELECT TOP 70 r["a"] FROM Root r ORDER BY r.key DESC',
    {
      rewrittenQuery: `SELECT TOP 70 r._rid, [{"item": r.key}] AS orderByItems, {"a": r["a"]} AS payload\nFROM Root AS r\nWHERE (${filter})\nORDER BY r.key DESC`,
    },
  ],
]

t.test("plans are those of the service's own planner, as Microsoft has published them", async t => {
  for (const [query, info] of published) t.match(planOf(query).queryInfo, info, query)
})

t.test('OFFSET and LIMIT may be parameters', async t => {
  const parameters = [
    { name: '@OFFSETCOUNT', value: 42 },
    { name: '@LIMITCOUNT', value: 1337 },
  ]
  const query = 'SELECT * FROM c OFFSET @OFFSETCOUNT LIMIT @LIMITCOUNT'
  const wanted = {
    offset: 42,
    limit: 1337,
    rewrittenQuery: 'SELECT *\nFROM c\nOFFSET 0 LIMIT 1379',
  }
  t.match(planOf(query, features, parameters).queryInfo, wanted)
})

t.test('an alias in quotes keeps them where it is no name', t => {
  for (const alias of ['my x', 'order', 'a"b', 'true']) {
    const quoted = JSON.stringify(alias)
    const { queryInfo } = planOf(`SELECT DISTINCT TOP 3 c.id AS ${quoted} FROM c`)
    t.equal(queryInfo['rewrittenQuery'], `SELECT DISTINCT c.id AS ${quoted}\nFROM c`)
  }
  t.end()
})

t.test('a query about one partition key is planned for that point of the hash space', async t => {
  const [everywhere] = planOf('SELECT VALUE COUNT(1) FROM c').queryRanges
  t.match(everywhere, { min: '', max: 'FF', isMaxInclusive: false })
  const [point] = planOf('SELECT VALUE COUNT(1) FROM c WHERE c.key = "a" AND c.n > 1').queryRanges
  t.equal(point?.min, point?.max)
  t.match(point, { min: /^[0-9A-F]{32}$/, isMaxInclusive: true })
})

t.test('a client that does not know how to merge is told to be upgraded', async t => {
  for (const query of [
    'SELECT VALUE COUNT(1) FROM c',
    'SELECT c.a FROM c GROUP BY c.a',
    'SELECT TOP 1 * FROM c',
  ]) {
    t.throws(() => planOf(query, 'OrderBy'), /unsupported features/, query)
  }
  t.match(planOf('SELECT * FROM c', '').queryInfo, { rewrittenQuery: '' })
})

t.test('what no client could merge is refused', async t => {
  const refused: readonly (readonly [query: string, words: RegExp])[] = [
    ["SELECT VALUE {'sum': SUM(r)} From r", /Compositions of aggregates/],
    ['SELECT VALUE [SUM(r)] From r', /Compositions of aggregates/],
    ['SELECT VALUE FLOOR(AVG(r)) From r', /Compositions of aggregates/],
    ['SELECT VALUE MAX(MIN(r)) From r', /Cannot perform an aggregate function/],
    ['SELECT * FROM r ORDER BY LOWER(r.field)', /2206.*could not be mapped/],
    ['SELECT c.name FROM c OFFSET -1 LIMIT 10', /"start":28,"end":29\},"code":"SC1001".*near '-'/],
    ['SELECT c.name FROM c OFFSET 4294967296 LIMIT 10', /SC2062.*OFFSET count value exceeds/],
    ["SELECT * FROM Root r WHERE STARTSWITH(r.key, 'a', true, 'c')", /SC2050.*requires/],
    ['SELECT BADFUNC(r.age) FROM Root r', /SC2005.*not a recognized built-in function/],
  ]
  for (const [query, words] of refused) t.throws(() => planOf(query), { message: words }, query)
})

t.test('any text at all has a plan or a refusal', async t => {
  const clause = fc.constantFrom(
    'SELECT',
    '*',
    'VALUE',
    'c.a',
    'FROM c',
    'WHERE',
    'NOT',
    'IN (1)',
    'GROUP BY c.a',
    'COUNT(1)',
    '(',
    ')',
    'ORDER BY c.a',
    'OFFSET 1 LIMIT 1',
    'JOIN t IN c.t',
    '"x"',
    '=',
    ',',
  )
  const text = fc.oneof(
    fc.string(),
    fc.string().map(s => `SELECT ${s} FROM c ORDER BY ${s}`),
    fc.array(clause, { maxLength: 12 }).map(parts => parts.join(' ')),
    fc.array(clause, { maxLength: 6 }).map(parts => `SELECT ${parts.join(' ')} FROM c`),
  )
  let plans = 0
  fc.assert(
    fc.property(text, query => {
      try {
        planOf(query)
        plans++
      } catch (error) {
        if ((error as { status?: number }).status !== 400) throw error
      }
    }),
    { numRuns: 2_000 },
  )
  t.ok(plans > 10, `${plans} of them were queries`)
})

t.test('a planned query over several partitions answers as one over a single one', async t => {
  const one = await openShop(t)
  const many = await openShop(t, { throughput: 40_000 })
  for (let n = 0; n < 40; n++) {
    const item = { id: `i${n}`, customer: `c${n % 13}`, n: (n * 17) % 40, even: n % 2 === 0 }
    await one.container.items.create({ ...item })
    await many.container.items.create({ ...item })
  }
  const queries = [
    'SELECT VALUE c.id FROM c ORDER BY c.n',
    'SELECT VALUE c.id FROM c WHERE c.even = true ORDER BY c.n DESC',
    'SELECT c.id, c.n AS number FROM c ORDER BY c.n',
    'SELECT VALUE c.n FROM c WHERE c.n > 4 OR c.n < 2 ORDER BY c.n',
    'SELECT TOP 5 c.id FROM c ORDER BY c.n DESC',
    'SELECT c.id FROM c ORDER BY c.n OFFSET 7 LIMIT 9',
  ]
  for (const query of queries) {
    const options = { maxItemCount: 3, maxDegreeOfParallelism: 4 }
    const plain = await one.container.items.query(query).fetchAll()
    const planned = await many.container.items.query(query, options).fetchAll()
    t.ok(plain.resources.length >= 5)
    t.same(planned.resources, plain.resources, query)
  }
})
