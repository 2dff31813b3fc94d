import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { makeTlsIdentity } from '../../../azure-sim/src/tls/identity.ts'
import { type TransportOptions, undiciTransport } from '../../src/transport/undici.ts'

type Tap = { teardown(handler: () => unknown): void }

const portOf = (server: Server): number => (server.address() as AddressInfo).port

const listen = async (t: Tap, server: Server): Promise<Socket[]> => {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return sockets
}

const open = (t: Tap, options: TransportOptions = {}) => {
  const transport = undiciTransport(options)
  t.teardown(() => transport.close())
  return transport
}

const serve = async (t: Tap, listener: RequestListener, options: TransportOptions = {}) => {
  const server = createHttpServer(listener)
  const sockets = await listen(t, server)
  const url = `http://127.0.0.1:${portOf(server)}/`
  return { sockets, url, transport: open(t, options) }
}

const get = (url: string, abortSignal?: AbortSignal) =>
  createPipelineRequest({ url, ...(abortSignal && { abortSignal }) })

t.test('one request after the other takes one connection', async t => {
  const { sockets, url, transport } = await serve(t, (_, response) => response.end('{}'))
  for (let nth = 0; nth < 5; nth++) await transport.send(get(url), null)
  t.equal(sockets.length, 1)
})

t.test('more requests than connections all have their turn', async t => {
  const both = Promise.withResolvers<void>()
  let seen = 0
  const listener: RequestListener = async (_, response) => {
    seen += 1
    if (seen === 2) both.resolve()
    await both.promise
    response.end('{}')
  }
  const { sockets, url, transport } = await serve(t, listener, { connections: 2 })
  const answers = await Promise.all(Array.from({ length: 7 }, () => transport.send(get(url), null)))
  t.same(
    answers.map(({ status }) => status),
    Array(7).fill(200),
  )
  t.equal(sockets.length, 2)
})

t.test('a connection that the server closed while it was idle is replaced', async t => {
  const { sockets, url, transport } = await serve(t, (_, response) => response.end('{}'))
  await transport.send(get(url), null)
  const [idle] = sockets
  const ended = idle && once(idle, 'close')
  idle?.destroy()
  await ended
  t.equal((await transport.send(get(url), null)).status, 200)
  t.equal(sockets.length, 2)
})

t.test('an aborted request takes its connection with it, and no other', async t => {
  const cancel = new AbortController()
  let seen = 0
  const listener: RequestListener = (_, response) => {
    seen += 1
    if (seen === 1) cancel.abort()
    else response.end('{}')
  }
  const { sockets, url, transport } = await serve(t, listener, { connections: 1 })
  await t.rejects(transport.send(get(url, cancel.signal), null), { name: 'AbortError' })
  t.equal((await transport.send(get(url), null)).status, 200)
  t.equal(sockets.length, 2)
})

t.test('nobody waits for a connection that another one gave up before it was made', async t => {
  const identity = await makeTlsIdentity(Date.now())
  const https = createHttpsServer(identity, (_, response) => response.end('{}'))
  const arrived = Promise.withResolvers<void>()
  let count = 0
  const silentFirst = createServer(socket => {
    count += 1
    // The first one is accepted and never greeted: its handshake does not end.
    if (count === 1) arrived.resolve()
    else https.emit('connection', socket)
  })
  await listen(t, silentFirst)
  const transport = open(t, { connections: 1, ca: identity.ca })
  const url = `https://localhost:${portOf(silentFirst)}/`
  const cancel = new AbortController()
  const stuck = transport.send(get(url, cancel.signal), null)
  await arrived.promise
  cancel.abort()
  await t.rejects(stuck, { name: 'AbortError' })
  t.equal((await transport.send(get(url), null)).status, 200)
  t.equal(count, 2)
})

t.test('a second connection resumes the TLS session of the first', async t => {
  const identity = await makeTlsIdentity(Date.now())
  const resumed: boolean[] = []
  const https = createHttpsServer(identity, (request, response) => {
    resumed.push((request.socket as TLSSocket).isSessionReused())
    response.setHeader('connection', 'close')
    response.end('{}')
  })
  await listen(t, https)
  const transport = open(t, { ca: identity.ca })
  const url = `https://localhost:${portOf(https)}/`
  for (let nth = 0; nth < 2; nth++) await transport.send(get(url), null)
  t.same(resumed, [false, true])
})

t.test('closing waits for what is on the wire, and refuses what comes later', async t => {
  const arrived = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const { url, transport } = await serve(t, async (_, response) => {
    arrived.resolve()
    await mayEnd.promise
    response.end('{"late":true}')
  })
  const onTheWire = transport.send(get(url), null)
  await arrived.promise
  const closing = transport.close()
  await t.rejects(transport.send(get(url), null), { name: 'RestError', code: 'ECONNRESET' })
  mayEnd.resolve()
  t.equal((await onTheWire).bodyAsText, '{"late":true}')
  await closing
})
