import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createPipelineRequest } from '@azure/core-rest-pipeline'
import { AzureSim } from '@keyturn/azure-sim'
import t from 'tap'
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

/** A way to the simulator's TLS that a test can block and cut. */
const relayed = async (t: Tap, mayPass: (nth: number) => boolean) => {
  const sim = await AzureSim.start({ seed: 29 })
  t.teardown(() => sim.stop())
  const { port } = new URL(sim.endpoint)
  const arrived = Promise.withResolvers<void>()
  let count = 0
  const relay = createServer(socket => {
    count += 1
    arrived.resolve()
    socket.on('error', () => {})
    if (!mayPass(count)) return
    const upstream = connect(Number(port), '127.0.0.1')
    upstream.on('error', () => socket.destroy())
    socket.on('close', () => upstream.destroy())
    socket.pipe(upstream).pipe(socket)
  })
  const sockets = await listen(t, relay)
  const url = `https://localhost:${portOf(relay)}/`
  return { sockets, url, arrived: arrived.promise, ca: sim.ca }
}

t.test('nobody waits for a connection that another one gave up before it was made', async t => {
  // The first one is accepted and never greeted: its handshake does not end.
  const { sockets, url, arrived, ca } = await relayed(t, nth => nth > 1)
  const transport = open(t, { connections: 1, ca })
  const cancel = new AbortController()
  const stuck = transport.send(get(url, cancel.signal), null)
  await arrived
  cancel.abort()
  await t.rejects(stuck, { name: 'AbortError' })
  t.equal((await transport.send(get(url), null)).status, 401, 'unsigned, and answered')
  t.equal(sockets.length, 2)
})

t.test('a second connection resumes the TLS session of the first', async t => {
  const { sockets, url, ca } = await relayed(t, () => true)
  const resumed: boolean[] = []
  const onConnected = (message: unknown): void => {
    resumed.push((message as { socket: TLSSocket }).socket.isSessionReused())
  }
  subscribe('undici:client:connected', onConnected)
  t.teardown(() => unsubscribe('undici:client:connected', onConnected))
  const transport = open(t, { ca })
  await transport.send(get(url), null)
  const [first] = sockets
  const closed = first && once(first, 'close')
  first?.destroy()
  await closed
  await transport.send(get(url), null)
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
