import fc from 'fast-check'
import t from 'tap'
import { HeaderNames } from '../../src/transport/header-names.ts'
import { ReceivedHeaders } from '../../src/transport/headers.ts'

const raw = (...texts: string[]): Buffer[] => texts.map(text => Buffer.from(text, 'latin1'))
const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,30}$/)

t.test('a name that is found again is the one that would be read', async t => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 1200 }), texts => {
      const names = new HeaderNames()
      // Twice, so that each is looked up as well; more than it keeps, so that some are not.
      return [...texts, ...texts].every(
        text => names.nameOf(Buffer.from(text, 'latin1')) === text.toLowerCase(),
      )
    }),
    { numRuns: 50 },
  )
  const names = new HeaderNames()
  const alike = ['x-ms-a-b-c', 'x-ms-a-x-c', 'X-MS-A-B-C', 'y-ms-a-b-c']
  for (const text of [...alike, ...alike]) {
    t.equal(names.nameOf(Buffer.from(text)), text.toLowerCase())
  }
})

t.test('a name does not change with the buffer that it was first seen in', async t => {
  const names = new HeaderNames()
  const bytes = Buffer.from('etag')
  t.equal(names.nameOf(bytes), 'etag')
  bytes.write('date')
  t.equal(names.nameOf(bytes), 'date')
  t.equal(names.nameOf(Buffer.from('etag')), 'etag')
})

t.test('headers are the first of several values, and no empty ones', async t => {
  const headers = new ReceivedHeaders(
    raw('X-Ms-Thing', 'one', 'etag', '', 'x-ms-thing', 'two', 'ETag', '"1"', '__proto__', 'x'),
  )
  t.same(Object.fromEntries(headers), { 'x-ms-thing': 'one', etag: '"1"' })
  t.notOk(headers.has('__proto__'), 'and a strange name changes nothing')
  t.equal(Object.getPrototypeOf(headers.toJSON()), Object.prototype)
})

t.test('what is handed out may be changed, and changes nothing', async t => {
  const headers = new ReceivedHeaders(raw('etag', '"1"'))
  const copy = headers.toJSON()
  copy['etag'] = '"2"'
  copy['x-ms-throttle-retry-count'] = '1'
  t.same(headers.toJSON(), { etag: '"1"' })
})
