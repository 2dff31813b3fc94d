import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { undiciTransport } from '../../src/transport/undici.ts'

const connections = 4
/** What a request meets, one after the other, so that each follows and precedes every other. */
const fates = [
  'well',
  'gzip',
  'no gzip',
  'last of its connection',
  'cut before',
  'cut within',
  'late abort',
  'early abort',
  'abort in the queue',
] as const
type Fate = (typeof fates)[number]
type Tap = { teardown(handler: () => unknown): void }

const body = JSON.stringify({ text: 'x'.repeat(2000) })

const serve = async (t: Tap) => {
  const cancels = new Map<string, AbortController>()
  const held = { wanted: Number.POSITIVE_INFINITY, all: Promise.withResolvers<void>() }
  const server = createServer(async (request, response) => {
    const [, fate, id = ''] = decodeURI(request.url ?? '').split('/')
    if (fate === 'held') {
      held.wanted -= 1
      if (held.wanted === 0) held.all.resolve()
      await held.all.promise
    }
    if (fate === 'cut before') return request.socket.destroy()
    if (fate === 'late abort') return cancels.get(id)?.abort()
    if (fate === 'cut within') {
      response.setHeader('content-length', body.length + 1)
      response.write(body, () => request.socket.destroy())
      return
    }
    if (fate === 'last of its connection') response.setHeader('connection', 'close')
    if (fate === 'gzip' || fate === 'no gzip') response.setHeader('content-encoding', 'gzip')
    response.end(fate === 'gzip' ? gzipSync(body) : body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, held, cancels }
}

/** Lets every third tunnel fail: it hangs up, or refuses. */
const startProxy = async (t: Tap): Promise<void> => {
  const proxy = createServer()
  let tunnels = 0
  proxy.on('connect', (request, client) => {
    tunnels += 1
    client.on('error', () => {})
    if (tunnels % 6 === 3) return client.destroy()
    if (tunnels % 6 === 0) return client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const { hostname, port } = new URL(`http://${request.url}`)
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = process.env['HTTP_PROXY']
  process.env['HTTP_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  t.teardown(() => {
    proxy.close()
    proxy.closeAllConnections()
    if (before === undefined) delete process.env['HTTP_PROXY']
    else process.env['HTTP_PROXY'] = before
  })
}

/** Whether the answer to a request without company came before the next turn of the loop. */
const comesAtOnce = async (request: () => Promise<unknown>): Promise<boolean> => {
  const order: string[] = []
  const lastByte = () => setImmediate(() => order.push('turn'))
  subscribe('undici:request:trailers', lastByte)
  await request()
  order.push('answer')
  await turnOfTheLoop()
  unsubscribe('undici:request:trailers', lastByte)
  return order[0] === 'answer'
}

for (const way of ['direct', 'through a proxy'] as const) {
  t.test(`whatever becomes of a request, its connection is given back: ${way}`, async t => {
    const { port, held, cancels } = await serve(t)
    if (way !== 'direct') await startProxy(t)
    const transport = undiciTransport({ connections })
    const send = (fate: Fate | 'held', id = 0, abortSignal?: AbortSignal) =>
      transport.send(
        createPipelineRequest({
          url: `http://127.0.0.1:${port}/${encodeURI(fate)}/${id}`,
          ...(abortSignal && { abortSignal }),
        }),
        null,
      )
    const met = new Map<string, number>()
    const meet = async (id: number): Promise<void> => {
      // All of them in nine, and each nine begins with another.
      const fate = fates[(id * 7 + Math.floor(id / 9)) % fates.length] ?? 'well'
      const cancel = new AbortController()
      cancels.set(`${id}`, cancel)
      if (fate === 'early abort') queueMicrotask(() => cancel.abort())
      if (fate === 'abort in the queue') setImmediate(() => cancel.abort())
      const outcome = await send(fate, id, cancel.signal).then(
        ({ bodyAsText }) => (bodyAsText === body ? 'whole' : 'another answer'),
        error => `${error.name} ${error.code ?? ''}`.trim(),
      )
      met.set(outcome, (met.get(outcome) ?? 0) + 1)
    }
    let next = 0
    const work = async (): Promise<void> => {
      while (next < 450) await meet(next++)
    }
    await Promise.all(Array.from({ length: connections + 2 }, work))
    t.notOk(met.has('another answer'))
    for (const outcome of ['whole', 'AbortError', 'RestError ECONNRESET', 'RestError Z_DATA_ERROR'])
      t.ok((met.get(outcome) ?? 0) > 0, `${met.get(outcome)} of ${outcome}`)
    // What a proxy refuses now is no fault of a connection: asked until as many tunnels stand.
    while (way !== 'direct') {
      const all = await Promise.allSettled(Array.from({ length: connections }, () => send('well')))
      if (all.every(({ status }) => status === 'fulfilled')) break
    }
    held.wanted = connections
    await Promise.all(Array.from({ length: connections }, () => send('held')))
    t.ok(await comesAtOnce(() => send('well')), 'nobody else is thought to be under way')
    await transport.close()
  })
}
