import { ErrorResponse } from '@azure/cosmos'
import t from 'tap'
import { type Answer, open, throttled } from './sdk.ts'

t.test('a token is made once per operation, and reused by the SDK’s retries', async t => {
  const { items, operations, attempts } = open([throttled, throttled])
  await items.item('1', 'p').read()
  const ofDocuments = attempts.filter(({ url }) => url.includes('/docs'))
  t.equal(ofDocuments.length, 3)
  t.equal(operations.filter(({ resourceType }) => resourceType === 'docs').length, 1)
  const headers = ofDocuments.map(request => request.headers.get('authorization'))
  t.equal(new Set(headers).size, 1)
})

t.test('a 401 is not retried, and reaches the caller with its code', async t => {
  const { items, attempts } = open([{ status: 401, body: { code: 'Unauthorized', message: 'no' } }])
  await t.rejects(items.item('1', 'p').read(), { code: 401, message: 'no' })
  t.equal(attempts.filter(({ url }) => url.includes('/docs')).length, 1)
})

t.test('a code that the SDK does not know is not retried', async t => {
  const error = Object.assign(new Error('none'), { code: 'KEYS_UNAVAILABLE' })
  const { items, attempts } = open([error])
  await t.rejects(items.item('1', 'p').read(), error)
  t.equal(attempts.filter(({ url }) => url.includes('/docs')).length, 1)
})

t.test('a read is retried on ECONNRESET, a write is not', async t => {
  const reset = (): Error => Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  const read = open([reset()])
  await read.items.item('1', 'p').read()
  t.equal(read.paths().filter(path => path.includes('/docs')).length, 2)
  const write = open([reset()])
  await t.rejects(write.items.items.upsert({ id: '1', pk: 'p' }), { code: 'ECONNRESET' })
})

t.test('a body is text, which can be sent again', async t => {
  const { items, attempts } = open()
  await items.items.upsert({ id: '1', pk: 'p' })
  t.equal(typeof attempts.at(-1)?.body, 'string')
})

t.test('an abort of the caller ends the attempt’s signal', async t => {
  const { items, attempts } = open()
  await items.item('1', 'p').read({ abortSignal: new AbortController().signal })
  t.ok(attempts.at(-1)?.abortSignal instanceof AbortSignal)
})

t.test('a token outlives a move to another region', async t => {
  const unavailable: Answer = { status: 503, body: { code: '503', message: 'gone' } }
  const { items, operations, attempts } = open([unavailable], { enableEndpointDiscovery: true })
  await items.item('1', 'p').read()
  const ofDocuments = attempts.filter(({ url }) => url.includes('/docs'))
  t.equal(ofDocuments.length, 2)
  t.equal(operations.filter(({ resourceType }) => resourceType === 'docs').length, 1)
})

t.test('an error of a 401 has no substatus where the service sent none', async t => {
  const refusal = { status: 401, body: { code: 'Unauthorized', message: 'no' } }
  const { items } = open([refusal, { ...refusal, headers: { 'x-ms-substatus': '5202' } }])
  const error = await items
    .item('1', 'p')
    .read()
    .catch((caught: unknown) => caught)
  t.ok(error instanceof ErrorResponse)
  t.equal(Reflect.get(Object(error), 'substatus'), undefined)
  await t.rejects(items.item('1', 'p').read(), { code: 401, substatus: 5202 })
})

t.test('an AbortError is the caller’s where he aborted, else the SDK’s own timeout', async t => {
  const aborted = (): Error => Object.assign(new Error('aborted'), { name: 'AbortError' })
  const timedOut = open([aborted()])
  await t.rejects(timedOut.items.items.upsert({ id: '1', pk: 'p' }), { code: 'TimeoutError' })
  const read = open([aborted()])
  await read.items.item('1', 'p').read()
  t.equal(read.paths().filter(path => path.includes('/docs')).length, 2, 'and a read is retried')
  const cancel = new AbortController()
  const given = open([aborted()])
  await given.items.read()
  const reading = given.items.item('1', 'p').read({ abortSignal: cancel.signal })
  cancel.abort()
  await t.rejects(reading, { name: 'AbortError' })
})
