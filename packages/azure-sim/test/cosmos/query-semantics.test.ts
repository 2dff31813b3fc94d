import t from 'tap'
import { runQuery } from '../../src/cosmos/documents/query-engine.ts'
import type { Json, JsonObject } from '../../src/cosmos/json.ts'

const rows: JsonObject[] = [
  {
    id: 'a',
    _rid: 'AAAAAAAAAAAAAAABAAAAAA==',
    n: 1.5,
    name: 'Ann B_x',
    tags: ['x', 'y', { k: 1, v: 2 }],
    deep: { list: [1, 2, 3] },
    at: '2026-01-31T10:20:30.1234567Z',
    place: { type: 'Point', coordinates: [8.54, 47.37] },
  },
]

const run = (query: string, parameters: { name: string; value: Json }[] = []) =>
  runQuery({ query, parameters }, rows, { size: 100, continuation: undefined }, 1_700_000_000_123)
    .items

const comesTo = (expression: string) => run(`SELECT VALUE ${expression} FROM c`)[0]

/** Each expression of the language that people use, and what it comes to. */
const values: readonly (readonly [expression: string, value: Json | undefined])[] = [
  ['1 = "1"', false],
  ['c.none = 1', undefined],
  ['c.none != 1', undefined],
  ['null = null', true],
  ['[1, {"a": 2}] = [1, {"a": 2}]', true],
  ['{"a": 1, "b": 2} = {"b": 2, "a": 1}', true],
  ['"a" < "b"', true],
  ['1 < "b"', undefined],
  ['c.none OR true', true],
  ['c.none AND false', false],
  ['c.none AND true', undefined],
  ['NOT c.none', undefined],
  ['1 + "a"', undefined],
  ['1 / 0', undefined],
  ['7 % 4', 3],
  ['5 & 3', 1],
  ['5 | 3', 7],
  ['5 ^ 3', 6],
  ['~5', -6],
  ['1 + 2 * 3', 7],
  ['-(2 + 1)', -3],
  ['"a" || "b" || "c"', 'abc'],
  ['c.none ?? "x"', 'x'],
  ['c.n > 1 ? "big" : "small"', 'big'],
  ['c.n BETWEEN 1 AND 2', true],
  ['c.n NOT BETWEEN 1 AND 2', false],
  ['c.id IN ("a", "b")', true],
  ['c.id NOT IN ("a", "b")', false],
  ['NOT (c.id IN ("a", "b"))', false],
  ['c.name LIKE "Ann%"', true],
  ['c.name LIKE "%b_x"', false],
  ['c.name LIKE "%B!_x" ESCAPE "!"', true],
  ['c.name LIKE "[A-C]nn%"', true],
  ['c.name LIKE "[^A-C]nn%"', false],
  ['c.name NOT LIKE "Bob%"', true],
  ['c["name"]', 'Ann B_x'],
  ['c.deep.list[1]', 2],
  ['c.deep.list[9]', undefined],
  ['ARRAY_CONTAINS(c.tags, "x")', true],
  ['ARRAY_CONTAINS(c.tags, {"k": 1})', false],
  ['ARRAY_CONTAINS(c.tags, {"k": 1}, true)', true],
  ['ARRAY_LENGTH(c.tags)', 3],
  ['ARRAY_SLICE(c.deep.list, 1, 1)', [2]],
  ['ARRAY_SLICE(c.deep.list, -2)', [2, 3]],
  ['ARRAY_CONCAT([1], [2])', [1, 2]],
  ['SETUNION([1, 2], [2, 3])', [1, 2, 3]],
  ['SETINTERSECT([1, 2], [2, 3])', [2]],
  ['OBJECTTOARRAY({"a": 1})', [{ k: 'a', v: 1 }]],
  ['EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t.v = 2)', true],
  ['ARRAY(SELECT VALUE l * 2 FROM l IN c.deep.list)', [2, 4, 6]],
  ['(SELECT VALUE SUM(l) FROM l IN c.deep.list)', 6],
  ['(SELECT VALUE l FROM l IN c.deep.list WHERE l = 9)', undefined],
  ['CONCAT("a", "b", "c")', 'abc'],
  ['CONTAINS("Abc", "b")', true],
  ['CONTAINS("Abc", "B", true)', true],
  ['STARTSWITH("Abc", "ab", true)', true],
  ['ENDSWITH("Abc", "bc")', true],
  ['INDEX_OF("abc", "c")', 2],
  ['LEFT("abc", 2)', 'ab'],
  ['RIGHT("abc", 2)', 'bc'],
  ['SUBSTRING("abc", 1, 1)', 'b'],
  ['LENGTH("abc")', 3],
  ['LOWER("aB")', 'ab'],
  ['UPPER("aB")', 'AB'],
  ['TRIM("  a ")', 'a'],
  ['REPLACE("aXa", "a", "b")', 'bXb'],
  ['REPLICATE("ab", 2)', 'abab'],
  ['REVERSE("abc")', 'cba'],
  ['REGEXMATCH("abcd", "ABC", "i")', true],
  ['TOSTRING(1.5)', '1.5'],
  ['STRINGTONUMBER("1.5")', 1.5],
  ['STRINGTOARRAY("[1]")', [1]],
  ['STRINGTOBOOLEAN("true")', true],
  ['STRINGTONULL("null")', null],
  ['STRINGEQUALS("A", "a", true)', true],
  ['ABS(-1)', 1],
  ['CEILING(1.2)', 2],
  ['FLOOR(-1.2)', -2],
  ['ROUND(-2.5)', -3],
  ['TRUNC(-2.5)', -2],
  ['POWER(2, 10)', 1024],
  ['SQRT(9)', 3],
  ['SIGN(-3)', -1],
  ['INTDIV(7, 2)', 3],
  ['IS_DEFINED(c.none)', false],
  ['IS_INTEGER(1.5)', false],
  ['IIF(true, 1, 2)', 1],
  ['CHOOSE(2, "a", "b")', 'b'],
  ['DATETIMEPART("hh", c.at)', 10],
  ['DATETIMEADD("mm", 1, "2026-01-31T00:00:00.0000000Z")', '2026-02-28T00:00:00.0000000Z'],
  ['DATETIMEDIFF("day", "2026-01-01", "2026-01-31")', 30],
  ['DATETIMETOTIMESTAMP("1970-01-02")', 86_400_000],
  ['TIMESTAMPTODATETIME(0)', '1970-01-01T00:00:00.0000000Z'],
  ['DATETIMETOTICKS("1970-01-01")', 621_355_968_000_000_000],
  ['DATETIMEFROMPARTS(2026, 1, 2)', '2026-01-02T00:00:00.0000000Z'],
  ['GETCURRENTTIMESTAMP()', 1_700_000_000_123],
  ['ST_DISTANCE(c.place, c.place)', 0],
  ['ST_ISVALID(c.place)', true],
]

t.test('every operator and function comes to what Microsoft says', async t => {
  for (const [expression, value] of values) t.same(comesTo(expression), value, expression)
})

t.test('dates are those that there are, from the year 1 to 9999', async t => {
  t.equal(comesTo('DATETIMETOTIMESTAMP("2026-01-01T12:60:00Z")'), undefined)
  t.equal(comesTo('DATETIMETOTIMESTAMP("2026-02-30")'), undefined)
  t.equal(comesTo('DATETIMEPART("yyyy", "0050-01-01")'), 50)
  t.equal(comesTo('DATETIMEADD("yyyy", 9000, "2026-01-01")'), undefined)
  t.equal(comesTo('TICKSTODATETIME(621355967999999872)'), '1969-12-31T23:59:59.9999872Z')
})

t.test('texts are trimmed at their ends, in no more time than they are long', async t => {
  t.equal(comesTo('TRIM("xyaxyx", "xy")'), 'a')
  t.equal(comesTo('LTRIM("--a-", "-")'), 'a-')
  t.equal(comesTo('RTRIM(" a  ")'), ' a')
  t.equal(comesTo('TRIM("   ")'), '')
  const value = `a${' '.repeat(1_000_000)}b`
  t.equal(run('SELECT VALUE LENGTH(RTRIM(@text))', [{ name: '@text', value }])[0], value.length)
})

t.test('no query takes the time or memory of all others', async t => {
  const long = Array.from({ length: 100 }, (_, n) => n)
  const list = [{ name: '@long', value: long }]
  const joins = Array.from({ length: 6 }, (_, n) => `JOIN t${n} IN x.l`).join(' ')
  const from = 'FROM (SELECT VALUE {l: @long} FROM c) x'
  const many = `SELECT VALUE COUNT(1) ${from} ${joins}`
  t.throws(() => run(many, list), { status: 400, message: /too many for one page/ })
  const hundred = (of: string) => Array(100).fill(of).join(', ')
  const grown = (first: string, name: string) =>
    Array.from({ length: 10 }, (_, n) => {
      const items = hundred(n === 0 ? first : `x${n}`)
      return `JOIN (SELECT VALUE ${name}(${items})) x${n + 1}`
    }).join(' ')
  t.throws(() => run(`SELECT VALUE 1 FROM c ${grown('c.name', 'CONCAT')}`), {
    status: 400,
    message: /CONCAT makes a text that is too long/,
  })
  t.throws(() => run(`SELECT VALUE 1 FROM c ${grown('c.tags', 'ARRAY_CONCAT')}`), {
    status: 400,
    message: /ARRAY_CONCAT makes an array that is too long/,
  })
  const options = `${'a?'.repeat(40)}${'a'.repeat(40)}b`
  t.throws(() => comesTo(`REGEXMATCH("${'a'.repeat(40)}", "${options}")`), {
    status: 400,
    message: /takes too long/,
  })
  t.throws(() => comesTo('1e999'), { status: 400, message: /incorrect syntax near '1e999'/ })
})

t.test('parameters stand for values, wherever a value may stand', async t => {
  const parameters = [
    { name: '@id', value: 'a' },
    { name: '@list', value: ['x'] },
  ]
  const query = 'SELECT VALUE ARRAY_CONTAINS(@list, c.tags[0]) FROM c WHERE c.id = @id'
  t.same(run(query, parameters), [true])
  t.throws(() => run('SELECT * FROM c WHERE c.id = @none'), { status: 400, message: /@none/ })
})

t.test('what is selected is named as the service names it', async t => {
  t.same(run('SELECT c.id, c.n + 1, c.deep.list[0], c["name"] AS who, 5 FROM c'), [
    { id: 'a', $1: 2.5, $2: 1, who: 'Ann B_x', $3: 5 },
  ])
  t.same(run('SELECT c.none FROM c'), [{}])
  t.same(run('SELECT VALUE c.none FROM c'), [])
  t.same(run('SELECT VALUE r.list FROM c.deep r'), [[1, 2, 3]])
  t.same(run('SELECT VALUE l FROM l IN c.deep.list'), [1, 2, 3])
  t.same(run('SELECT "once" AS s'), [{ s: 'once' }])
})

/** What is no query, and how the service says so; all of Microsoft's own tests, or recorded. */
const errors: readonly (readonly [query: string, code: string, start: number, end: number])[] = [
  ['SELEKT * FROM c', 'SC1001', 0, 6],
  ['SELECT * FORM c', 'SC1001', 9, 13],
  ['SELECT c.order FROM c', 'SC1001', 9, 14],
  ['SELECT * FROM c WHERE', 'SC1001', 16, 21],
  ['SELECT d.id FROM c', 'SC2001', 7, 8],
  ['SELECT f(c.id) FROM c', 'SC2005', 7, 14],
  ['SELECT * FROM c JOIN t IN c.tags', 'SC2040', 7, 8],
  ['SELECT c.id FROM c GROUP BY c.n', 'SC2102', 7, 11],
  ['SELECT * FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags ORDER BY t)', 'SC2202', 29, 71],
]

t.test('a query that is none is refused with its code and place', async t => {
  for (const [query, code, start, end] of errors) {
    const location = `{"severity":"Error","location":{"start":${start},"end":${end}},"code":"${code}"`
    try {
      run(query)
      t.fail(`${query} was answered`)
    } catch (error) {
      t.match(error, { status: 400, code: 'BadRequest' })
      t.match((error as Error).message, location, query)
    }
  }
})

t.test(
  'NOT before a bare comparison says two things, so it is refused and the remedy told',
  async t => {
    for (const where of [
      'NOT c.id IN ("a")',
      'NOT c.n = 1',
      'NOT c.name LIKE "A%"',
      'NOT c.n BETWEEN 1 AND 2',
    ]) {
      t.throws(() => run(`SELECT * FROM c WHERE ${where}`), {
        status: 400,
        message: /write NOT \(a = b\)/,
      })
    }
    t.equal(run('SELECT * FROM c WHERE NOT IS_NULL(c.n) AND NOT (c.n = 1)').length, 1)
  },
)

t.test('sorting by several properties needs a composite index', async t => {
  const { openShop } = await import('./support/shop.ts')
  const compositeIndexes = [
    [
      { path: '/a', order: 'ascending' },
      { path: '/b', order: 'descending' },
    ],
  ]
  const { container } = await openShop(t, { indexingPolicy: { compositeIndexes } as never })
  for (const [id, a, b] of [
    ['1', 1, 1],
    ['2', 1, 2],
    ['3', 0, 5],
  ] as const) {
    await container.items.create({ id, customer: id, a, b })
  }
  const ids = async (order: string) =>
    (await container.items.query(`SELECT VALUE c.id FROM c ORDER BY ${order}`).fetchAll()).resources
  t.same(await ids('c.a, c.b DESC'), ['3', '2', '1'])
  t.same(await ids('c.a DESC, c.b'), ['1', '2', '3'], 'the index read backwards')
  await t.rejects(ids('c.a, c.b'), { code: 400, message: /corresponding composite index/ })
})
