import collectionModule from '@vercel/cosmosdb-server/lib/account/collection.js'
import documentsModule from '@vercel/cosmosdb-server/lib/account/documents.js'
import fc from 'fast-check'
import t from 'tap'
import { documentRid } from '../../src/cosmos/documents/document.ts'
import { runQuery } from '../../src/cosmos/documents/query-engine.ts'
import type { Json, JsonObject } from '../../src/cosmos/json.ts'

/** Another engine, by other people, as an oracle for what both can do. */
const oracle = new documentsModule.default(new collectionModule.default(null), ['/id'])

function askOracle(query: string, rows: readonly JsonObject[]): Json[] {
  const compiled = oracle._getQuery(query) as {
    exec(rows: readonly JsonObject[], options: object): { result: Json[] }
  }
  return compiled.exec(rows, { parameters: [], maxItemCount: 1_000, continuation: null }).result
}

const ask = (query: string, rows: readonly JsonObject[], size = 1_000): Json[] => {
  const items: Json[] = []
  let continuation: string | undefined
  do {
    const page = runQuery({ query, parameters: [] }, rows, { size, continuation })
    if (page.items.length > size) throw new Error(`A page of ${size} had ${page.items.length}.`)
    items.push(...page.items)
    continuation = page.continuation
  } while (continuation !== undefined)
  return items
}

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom('', 'a', 'ab', 'b'),
  fc.boolean(),
  fc.constant(null),
)
const document = fc.record(
  {
    a: scalar,
    b: scalar,
    n: fc.integer({ min: -3, max: 3 }),
    list: fc.array(scalar, { maxLength: 3 }),
  },
  { requiredKeys: [] },
)
const documents = fc.array(document, { maxLength: 12 }).map(list =>
  list.map((body, at): JsonObject & { id: string } => ({
    id: `i${at}`,
    ...(body as JsonObject),
    _rid: documentRid('AAAAAAAAAAA=', at + 1),
  })),
)

const path = fc.constantFrom('c.a', 'c.b', 'c.n', 'c.none')
const literal = scalar.map(value => JSON.stringify(value))
const comparison = fc
  .tuple(path, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), fc.oneof(literal, path))
  .map(parts => parts.join(' '))
const atom = fc.oneof(
  comparison,
  path.map(p => `IS_DEFINED(${p})`),
  path.map(p => `NOT IS_NUMBER(${p})`),
  fc.tuple(path, literal, literal).map(([p, x, y]) => `${p} IN (${x}, ${y})`),
  fc.tuple(path, literal).map(([p, x]) => `ARRAY_CONTAINS(c.list, ${x}) = IS_STRING(${p})`),
  fc.tuple(path, fc.constantFrom('a', 'b')).map(([p, x]) => `STARTSWITH(${p}, "${x}")`),
)
const condition = fc
  .tuple(atom, fc.array(fc.tuple(fc.constantFrom('AND', 'OR'), atom), { maxLength: 3 }))
  .map(([first, more]) => [first, ...more.flat()].join(' '))

t.test('a filter finds what another engine finds', async t => {
  let found = 0
  fc.assert(
    fc.property(documents, condition, (rows, where) => {
      const query = `SELECT VALUE c.id FROM c WHERE ${where}`
      const ours = ask(query, rows)
      found += ours.length
      t.same(ours, askOracle(query, rows), query)
    }),
    { numRuns: 200 },
  )
  t.ok(found > 100, `${found} documents were found`)
})

t.test('what is computed is what another engine computes', async t => {
  const operand = fc.oneof(path, fc.integer({ min: -3, max: 3 }).map(String))
  const computed = fc.oneof(
    fc.tuple(operand, fc.constantFrom('+', '-', '*'), operand).map(p => p.join(' ')),
    fc.tuple(operand, operand).map(([x, y]) => `${x} ?? ${y}`),
    fc.tuple(comparison, operand, operand).map(([w, x, y]) => `${w} ? ${x} : ${y}`),
    fc
      .tuple(fc.constantFrom('ABS', 'FLOOR', 'UPPER', 'LENGTH', 'IS_NULL'), path)
      .map(([f, p]) => `${f}(${p})`),
    fc.tuple(path, path).map(([x, y]) => `CONCAT(${x}, ${y})`),
    fc.constantFrom('ARRAY_LENGTH(c.list)', 'c.list[1]', '{"x": c.a, "y": [c.b, c.none]}'),
  )
  fc.assert(
    fc.property(documents, computed, (rows, expression) => {
      const query = `SELECT c.id, ${expression} AS x FROM c`
      // -0 is 0 in JSON.
      const plain = (items: Json[]) => JSON.parse(JSON.stringify(items)) as Json
      t.same(plain(ask(query, rows)), plain(askOracle(query, rows)), query)
    }),
    { numRuns: 200 },
  )
})

t.test('pages of any size make up the whole, in the same order', async t => {
  const query = fc.tuple(
    fc.constantFrom('', 'DISTINCT ', 'TOP 5 '),
    fc.constantFrom('VALUE c.id', 'c.a, c.b', 'VALUE [c.a]'),
    fc.constantFrom('', ' WHERE c.n >= 0', ' WHERE IS_DEFINED(c.a)'),
    fc.constantFrom('', ' ORDER BY c.n', ' ORDER BY c.a DESC', ' OFFSET 2 LIMIT 5'),
  )
  const size = fc.integer({ min: 1, max: 5 })
  fc.assert(
    fc.property(documents, query, size, (rows, [how, what, where, end], size) => {
      const text = `SELECT ${how}${what} FROM c${where}${how === 'TOP 5 ' && end.includes('LIMIT') ? '' : end}`
      t.same(ask(text, rows, size), ask(text, rows), text)
    }),
    { numRuns: 300 },
  )
})

t.test('JOIN multiplies, and pages may end within one document', async t => {
  fc.assert(
    fc.property(documents, fc.integer({ min: 1, max: 3 }), (rows, size) => {
      const query = 'SELECT VALUE [c.id, t] FROM c JOIN t IN c.list'
      const wanted = rows.flatMap(row =>
        (Array.isArray(row['list']) ? row['list'] : []).map((value: Json) => [row.id, value]),
      )
      t.same(ask(query, rows, size), wanted)
    }),
    { numRuns: 100 },
  )
})

t.test('aggregates are what the same fold in a program is', async t => {
  const numbers = (rows: readonly JsonObject[]) =>
    rows.map(row => row['n']).filter(n => typeof n === 'number')
  fc.assert(
    fc.property(documents, rows => {
      const values = numbers(rows)
      const sum = values.reduce((all, n) => all + n, 0)
      const one = (query: string) => ask(`SELECT VALUE ${query} FROM c`, rows)[0]
      t.equal(one('COUNT(1)'), rows.length)
      t.equal(one('COUNT(c.n)'), values.length)
      t.equal(one('SUM(c.n)'), sum)
      t.equal(one('AVG(c.n)'), values.length === 0 ? undefined : sum / values.length)
      t.equal(one('MIN(c.n)'), values.length === 0 ? undefined : Math.min(...values))
      t.equal(one('MAX(c.n)'), values.length === 0 ? undefined : Math.max(...values))
      const groups = ask('SELECT c.n, COUNT(1) AS count FROM c GROUP BY c.n', rows)
      const counts = new Map<Json | undefined, number>()
      for (const row of rows) counts.set(row['n'], (counts.get(row['n']) ?? 0) + 1)
      t.same(
        new Map(groups.map(group => [(group as JsonObject)['n'], (group as JsonObject)['count']])),
        counts,
      )
    }),
    { numRuns: 100 },
  )
})

t.test('ORDER BY puts types before values, and DESC turns it around', async t => {
  const rank = (value: Json | undefined): number =>
    ['undefined', 'null', 'boolean', 'number', 'string'].indexOf(
      value === null ? 'null' : typeof value,
    )
  const inOrder = (one: Json | undefined, other: Json | undefined): boolean => {
    if (rank(one) !== rank(other)) return rank(one) < rank(other)
    if (typeof one === 'string' && typeof other === 'string') return one <= other
    return Number(one) <= Number(other) || one === undefined
  }
  fc.assert(
    fc.property(documents, rows => {
      const keys = (query: string) => (ask(query, rows) as JsonObject[]).map(({ a }) => a)
      const up = keys('SELECT c.a FROM c ORDER BY c.a')
      for (const [at, key] of up.slice(1).entries()) t.ok(inOrder(up[at], key))
      t.same(keys('SELECT c.a FROM c ORDER BY c.a DESC'), up.toReversed())
    }),
    { numRuns: 100 },
  )
})
