import fc from 'fast-check'
import t from 'tap'
import { clausesOf, listItems } from '../../src/cosmos/documents/query-clauses.ts'
import { planOf } from '../../src/cosmos/documents/query-plan.ts'
import { openShop } from './support/shop.ts'

t.test('a query is taken apart at its own words, not at those in quotes or brackets', async t => {
  t.match(
    clausesOf(
      'SELECT c.a, ["x from y"] AS b FROM root c WHERE c.a = " where order by " ORDER BY c.a DESC, c.b',
    ),
    {
      value: false,
      projection: 'c.a, ["x from y"] AS b',
      alias: 'c',
      where: 'c.a = " where order by "',
      orderBy: [
        { expression: 'c.a', descending: true },
        { expression: 'c.b', descending: false },
      ],
    },
  )
  t.match(clausesOf('select top 3 value c.n from c join t in c.tags'), {
    top: 3,
    value: true,
    alias: 'c',
  })
  t.equal(clausesOf('SELECT 1'), undefined)
  t.same(listItems('a, f(b, c), "d,e"'), ['a', 'f(b, c)', '"d,e"'])
})

t.test('what a client cannot merge alone is refused', async t => {
  for (const query of [
    'SELECT VALUE COUNT(1) FROM c',
    'SELECT c.a FROM c GROUP BY c.a',
    'nonsense',
  ]) {
    t.throws(() => planOf({ query, parameters: [] }), /unsupported features/, query)
  }
})

t.test('any text at all has a plan or a refusal', async t => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map(s => `SELECT ${s} FROM c ORDER BY ${s}`),
      ),
      query => {
        try {
          planOf({ query, parameters: [] })
        } catch (error) {
          t.match(error, { status: 400 })
        }
      },
    ),
  )
})

t.test('a planned query over several partitions answers as one that is not planned', async t => {
  const { container } = await openShop(t, { throughput: 40_000 })
  for (let n = 0; n < 40; n++) {
    await container.items.create({
      id: `i${n}`,
      customer: `c${n % 13}`,
      n: (n * 17) % 40,
      even: n % 2 === 0,
    })
  }
  const queries = [
    'SELECT * FROM c ORDER BY c.n',
    'SELECT * FROM c WHERE c.even = true ORDER BY c.n DESC',
    'SELECT c.id, c.n AS number FROM c ORDER BY c.n',
    'SELECT VALUE c.n FROM c WHERE c.n > 4 OR c.n < 2 ORDER BY c.n',
    'SELECT TOP 5 * FROM c ORDER BY c.n DESC',
  ]
  for (const query of queries) {
    const plain = await container.items.query(query).fetchAll()
    const planned = await container.items
      .query(query, { forceQueryPlan: true, maxItemCount: 3, maxDegreeOfParallelism: 4 })
      .fetchAll()
    t.ok(plain.resources.length >= 5)
    t.same(planned.resources, plain.resources, query)
  }
})
