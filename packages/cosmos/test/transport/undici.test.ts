import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { splitUrl, undiciTransport } from '../../src/transport/undici.ts'

type Tap = { teardown(handler: () => unknown): void }

const serve = async (t: Tap, listener: RequestListener) => {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const transport = undiciTransport({ connections: 2 })
  t.teardown(async () => {
    await transport.close()
    server.closeAllConnections()
    server.close()
  })
  return { transport, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a` }
}

t.test('an answer comes back as the SDK’s own client reads it', async t => {
  const { transport, url } = await serve(t, (request, response) => {
    response.setHeader('X-Ms-Thing', 'ü'.normalize('NFD').slice(0, 1))
    response.setHeader('set-cookie', ['one', 'two'])
    response.writeHead(200)
    response.end(JSON.stringify(request.headers))
  })
  const request = createPipelineRequest({
    url,
    method: 'POST',
    body: '{"é":1}',
    headers: createHttpHeaders({ authorization: 'ticket', 'X-Ms-Date': 'old', 'X-Case': 'yes' }),
  })
  const response = await transport.send(request, { authorization: 'signed', date: 'now' })
  t.equal(response.status, 200)
  t.equal(response.headers.get('X-MS-THING'), 'u')
  t.ok(response.headers.has('x-ms-thing'))
  t.equal(response.headers.toJSON()['set-cookie'], 'one', 'the first of several values')
  const seen = JSON.parse(response.bodyAsText ?? '')
  t.match(seen, {
    authorization: 'signed',
    'x-ms-date': 'now',
    'x-case': 'yes',
    'content-length': '8',
  })
})

t.test('headers that came may be changed like the SDK’s', async t => {
  const { transport, url } = await serve(t, (_, response) => response.end('{}'))
  const { headers } = await transport.send(createPipelineRequest({ url }), null)
  headers.set('X-New', 1)
  t.equal(headers.get('x-new'), '1')
  headers.delete('X-NEW')
  t.notOk(headers.has('x-new'))
  t.ok([...headers].some(([name]) => name === 'date'))
  t.notOk(headers.has('constructor'), 'what every object has is no header')
  t.equal(headers.get('constructor'), undefined)
})

t.test('a compressed answer is read where somebody asked for one', async t => {
  const { transport, url } = await serve(t, (_, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('{"plain":true}'))
  })
  const response = await transport.send(createPipelineRequest({ url }), null)
  t.equal(response.bodyAsText, '{"plain":true}')
})

t.test('an answer that cannot be decompressed is an error that the SDK knows', async t => {
  const { transport, url } = await serve(t, (_, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end('not gzip')
  })
  const sending = transport.send(createPipelineRequest({ url }), null)
  await t.rejects(sending, { name: 'RestError' })
})

t.test('a broken connection is the ECONNRESET that the SDK retries reads on', async t => {
  const { transport, url } = await serve(t, request => request.socket.destroy())
  const sending = transport.send(createPipelineRequest({ url }), null)
  await t.rejects(sending, { name: 'RestError', code: 'ECONNRESET' })
})

t.test('an endpoint that nobody serves is the ECONNREFUSED of the system', async t => {
  const transport = undiciTransport({})
  t.teardown(() => transport.close())
  const request = createPipelineRequest({ url: 'http://127.0.0.1:1/' })
  await t.rejects(transport.send(request, null), { name: 'RestError', code: 'ECONNREFUSED' })
})

t.test('a host that does not exist is the ENOTFOUND of the system', async t => {
  const transport = undiciTransport({})
  t.teardown(() => transport.close())
  const request = createPipelineRequest({ url: 'http://nowhere.invalid/' })
  await t.rejects(transport.send(request, null), { name: 'RestError', code: /ENOTFOUND|EAI_AGAIN/ })
})

t.test('an abort ends a request at any moment, with the name that the SDK knows', async t => {
  const cancel = new AbortController()
  const { transport, url } = await serve(t, () => cancel.abort())
  const onTheWire = createPipelineRequest({ url, abortSignal: cancel.signal })
  await t.rejects(transport.send(onTheWire, null), { name: 'AbortError' })
  const before = createPipelineRequest({ url, abortSignal: AbortSignal.abort() })
  await t.rejects(transport.send(before, null), { name: 'AbortError' })
  const connecting = new AbortController()
  const soon = createPipelineRequest({ url, abortSignal: connecting.signal })
  const sending = transport.send(soon, null)
  connecting.abort()
  await t.rejects(sending, { name: 'AbortError' })
})

t.test('a body that cannot be sent twice is refused with what to do', async t => {
  const { transport, url } = await serve(t, (_, response) => response.end('{}'))
  const stream = new ReadableStream()
  const request = createPipelineRequest({ url, method: 'POST', body: stream })
  await t.rejects(transport.send(request, null), { message: /text or bytes/ })
})

t.test('bytes are sent as they are', async t => {
  const { transport, url } = await serve(t, (request, response) => request.pipe(response))
  const bytes = new TextEncoder().encode('bytes')
  const view = new DataView(bytes.buffer)
  for (const body of [bytes, view, bytes.buffer]) {
    const response = await transport.send(
      createPipelineRequest({ url, method: 'POST', body }),
      null,
    )
    t.equal(response.bodyAsText, 'bytes')
  }
})

t.test('a URL leads where the SDK’s own client would go', async t => {
  const urls = [
    'https://x.documents.azure.com:443/dbs/d/colls/c/docs/a%20b?x=1',
    'https://x.documents.azure.com/dbs/d/docs/ü',
    'https://x.documents.azure.com/dbs/a b',
    'https://x.documents.azure.com',
    'https://x.documents.azure.com/dbs/../x',
    "https://x.documents.azure.com/dbs/it's/(1)",
    'https://x.documents.azure.com/dbs/a"b',
  ]
  for (const url of urls) {
    const { origin, path } = splitUrl(url)
    const { origin: expected, pathname, search } = new URL(url)
    t.equal(path, `${pathname}${search}`, url)
    t.equal(new URL(origin).origin, expected, url)
  }
})
