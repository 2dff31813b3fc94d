import t from 'tap'
import { runQuery } from '../../src/cosmos/documents/query-engine.ts'
import { openShop } from './support/shop.ts'

t.test(
  'DISTINCT tells each value once, OFFSET and LIMIT cut a window, over several pages',
  async t => {
    const { container } = await openShop(t)
    for (let n = 0; n < 30; n++)
      await container.items.create({ id: `i${n}`, customer: `c${n % 7}`, n })
    const ask = async (query: string, parameters: { name: string; value: number }[] = []) =>
      (await container.items.query({ query, parameters }, { maxItemCount: 4 }).fetchAll()).resources
    t.same(
      (await ask('SELECT DISTINCT VALUE c.customer FROM c')).toSorted(),
      Array.from({ length: 7 }, (_, n) => `c${n}`),
    )
    const window = Array.from({ length: 9 }, (_, n) => n + 5)
    t.same(await ask('SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 5 LIMIT 9'), window)
    const parameters = [
      { name: '@from', value: 5 },
      { name: '@count', value: 9 },
    ]
    t.same(
      await ask('SELECT VALUE c.n FROM c ORDER BY c.n OFFSET @from LIMIT @count', parameters),
      window,
    )
    t.same(await ask('SELECT DISTINCT VALUE c.customer FROM c WHERE c.n < 3 OFFSET 1 LIMIT 1'), [
      'c1',
    ])
    await t.rejects(ask('SELECT * FROM c OFFSET @none LIMIT 1'), { code: 400 })
  },
)

t.test('the words within a text are no words of the query', async t => {
  const rows = [{ id: 'a', _rid: 'a', text: ' offset 1 limit 1' }]
  const spec = {
    query: `SELECT VALUE c.id FROM c WHERE c.text = " offset 1 limit 1"`,
    parameters: [],
  }
  t.same(runQuery(spec, rows, { size: 10, continuation: undefined }).items, ['a'])
})

t.test('a continuation that no page gave is refused', async t => {
  const spec = { query: 'SELECT DISTINCT c.id FROM c', parameters: [] }
  for (const continuation of [
    '{}',
    '{"token":"+RID:a#RT:1"}',
    '{"token":"+POS:-1"}',
    'x',
    '{"token":null}',
  ]) {
    t.throws(() => runQuery(spec, [], { size: 10, continuation }), /Invalid Continuation Token/)
  }
})

t.test('parentheses may stand in each other as deep as the service lets them', async t => {
  const nested = (depth: number) =>
    `SELECT * FROM c WHERE ${'('.repeat(depth)}true${')'.repeat(depth)}`
  const page = { size: 1, continuation: undefined }
  t.same(runQuery({ query: nested(60), parameters: [] }, [], page).items, [])
  t.throws(() => runQuery({ query: nested(50_000), parameters: [] }, [], page), /nesting depth/)
  const quoted = { query: `SELECT * FROM c WHERE c.a = "((((((("`, parameters: [] }
  t.same(runQuery(quoted, [], page).items, [])
})

t.test('no query takes long, whatever it repeats', async t => {
  const row = { _rid: 'a', a: true, s: `${'a'.repeat(30)}b` }
  const ask = (query: string) =>
    runQuery({ query, parameters: [] }, [row], { size: 1, continuation: undefined }).items.length
  const repeated: readonly (readonly [query: string, refusal: RegExp | undefined])[] = [
    [`SELECT * FROM c WHERE ${Array(1_900).fill('c.a').join(' OR ')}`, undefined],
    [`SELECT * FROM c WHERE ${Array(9_000).fill('c.a').join(' OR ')}`, /limit is 2000/],
    [`SELECT * FROM c WHERE ${'NOT '.repeat(30_000)} c.a`, /nesting depth/],
    [`SELECT ${'['.repeat(30_000)}1 FROM c`, /nesting depth/],
    [`SELECT c${'.a'.repeat(30_000)} FROM c`, /limit is/],
    [`SELECT ${'true ? 1 : '.repeat(20_000)}1 FROM c`, /nesting depth/],
    [`SELECT ${'(SELECT '.repeat(20_000)}1 FROM c`, /nesting depth/],
    [`SELECT * FROM ${'(SELECT * FROM '.repeat(20_000)}c`, /nesting depth/],
    [`SELECT * FROM c WHERE c.s LIKE "${'%a'.repeat(200)}c"`, undefined],
    [`SELECT VALUE 1 FROM c ${'JOIN t IN c.t '.repeat(2_000)}`, /number of joins/],
    ['SELECT * FROM c WHERE REGEXMATCH(c.s, "^(a+)+$")', /takes too long/],
    ['SELECT * FROM c WHERE REGEXMATCH(c.s, "^a+b+$")', undefined],
  ]
  for (const [query, refusal] of repeated) {
    if (refusal === undefined) t.ok(ask(query) <= 1)
    else t.throws(() => ask(query), { status: 400, message: refusal }, query.slice(0, 40))
  }
})
