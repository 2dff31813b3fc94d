import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { HandOver } from '../../src/transport/hand-over.ts'
import { undiciTransport } from '../../src/transport/undici.ts'

/** Notes when it is handed on, and when whoever waited goes on. */
const exchangeOf = (handOver: HandOver, name: string, order: string[]) => {
  handOver.opened()
  return {
    handOn() {
      order.push(`${name} handed on`)
      queueMicrotask(() => order.push(`${name} goes on`))
      handOver.ended()
    },
  }
}

t.test('who is alone under way waits for nobody', t => {
  const order: string[] = []
  const handOver = new HandOver()
  handOver.arrived(exchangeOf(handOver, 'a', order))
  t.same(order, ['a handed on'])
  t.end()
})

t.test('answers of one turn are handed on in step, as they came', async t => {
  const order: string[] = []
  const handOver = new HandOver()
  const [a, b, c] = ['a', 'b', 'c'].map(name => exchangeOf(handOver, name, order))
  for (const each of [b, a]) if (each) handOver.arrived(each)
  t.same(order, [], 'others may come')
  await turnOfTheLoop()
  t.same(order, ['b handed on', 'a handed on', 'b goes on', 'a goes on'])
  if (c) handOver.arrived(c)
  t.equal(order.at(-1), 'c handed on', 'the last one is alone')
})

t.test('who came while others were handed on has the next turn', async t => {
  const order: string[] = []
  const handOver = new HandOver()
  const [a, b, late, open] = ['a', 'b', 'late', 'open'].map(name =>
    exchangeOf(handOver, name, order),
  )
  if (!a || !b || !late || !open) return t.fail()
  const first = {
    handOn() {
      a.handOn()
      handOver.arrived(late)
    },
  }
  for (const each of [first, b]) handOver.arrived(each)
  await turnOfTheLoop()
  t.notOk(order.includes('late handed on'))
  await turnOfTheLoop()
  t.ok(order.includes('late handed on'))
})

t.test('an answer that is given up before it is handed on is an abort', async t => {
  const held = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    if (request.url === '/held') await held.promise
    response.end('{}')
  })
  let sockets = 0
  server.on('connection', () => {
    sockets += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const transport = undiciTransport()
  t.teardown(async () => {
    await transport.close()
    server.close()
  })
  const at = (path: string, abortSignal?: AbortSignal) =>
    createPipelineRequest({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
      ...(abortSignal && { abortSignal }),
    })
  const other = transport.send(at('/held'), null)
  const cancel = new AbortController()
  // Told as the last byte arrives, before the handler is: what follows comes before the next turn.
  const lastByte = () => queueMicrotask(() => cancel.abort())
  subscribe('undici:request:trailers', lastByte)
  t.teardown(() => unsubscribe('undici:request:trailers', lastByte))
  const given = transport.send(at('/', cancel.signal), null)
  await t.rejects(given, { name: 'AbortError' })
  held.resolve()
  t.equal((await other).status, 200)
  for (let nth = 0; nth < 3; nth++) {
    await Promise.all([transport.send(at('/'), null), transport.send(at('/'), null)])
  }
  t.equal(sockets, 2, 'its connection is free, and is used again')
})
