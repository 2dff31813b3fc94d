import { createHook } from 'node:async_hooks'
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline'
import { Ring } from '@keyturn/keyring'
import Breaker from 'opossum'
import t from 'tap'
import { Engine } from '../src/engine/engine.ts'
import { writeTicket } from '../src/engine/ticket.ts'
import type { Transport } from '../src/transport/transport.ts'
import { fingerprint, newKey } from './support/account.ts'
import { ManualSource } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
const resourceId = 'dbs/d/colls/c/docs/1'
const west = 'https://west.example'
const east = 'https://east.example'

const setUp = () => {
  const source = new ManualSource()
  const ring = new Ring({ source })
  const transport: Transport = {
    connections: 8,
    async send(request) {
      return { request, status: 200, headers: createHttpHeaders(), bodyAsText: '{}' }
    },
    close: async () => {},
  }
  const engine = new Engine({
    lease: {
      ring,
      start: () => void ring.start(),
      giveBack: ms => ring.stop(ms),
    },
    transport,
  })
  source.offer(a, b)
  const read = (endpoint: string) =>
    engine.sendRequest(
      createPipelineRequest({
        url: `${endpoint}/${resourceId}`,
        headers: createHttpHeaders({
          authorization: encodeURIComponent(
            writeTicket({ verb: 'GET', resourceType: 'docs', resourceId }),
          ),
        }),
      }),
    )
  return { ring, engine, read }
}

/** How many resources of each kind a piece of work makes. */
const made = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
  const count: Record<string, number> = {}
  const hook = createHook({
    init(_id, type) {
      count[type] = (count[type] ?? 0) + 1
    },
  })
  hook.enable()
  await work()
  hook.disable()
  return count
}

t.test('a request with a healthy key sets no timer', async t => {
  const { engine, read } = setUp()
  t.teardown(() => engine.close())
  await read(west)
  const count = await made(() => Promise.all(Array.from({ length: 500 }, () => read(west))))
  t.notOk(count['Timeout'])
  t.notOk(count['Immediate'])
  t.ok((count['PROMISE'] ?? 0) > 500, 'the same hook sees what there is')
  const one = await made(async () => clearTimeout(setTimeout(() => {}, 1)))
  t.equal(one['Timeout'], 1)
})

t.test('a breaker is not called on the path of a healthy key, known refusals or not', async t => {
  const { ring, engine, read } = setUp()
  t.teardown(() => engine.close())
  const { fire } = Breaker.prototype
  let fired = 0
  Breaker.prototype.fire = function (this: Breaker, ...args: unknown[]) {
    fired += 1
    return Reflect.apply(fire, this, args)
  }
  t.teardown(() => {
    Breaker.prototype.fire = fire
  })
  await Promise.all(Array.from({ length: 100 }, () => read(west)))
  // From now on there is a breaker, for one key at one endpoint.
  ring.accepted(fingerprint(b), west, [fingerprint(a)])
  t.equal(ring.refusals.length, 1)
  const count = await made(async () => {
    await Promise.all(Array.from({ length: 100 }, () => read(west)))
    await Promise.all(Array.from({ length: 100 }, () => read(east)))
  })
  t.equal(fired, 0)
  t.notOk(count['Timeout'])
  t.match(ring.sample().usage, [
    { fingerprint: fingerprint(a), total: 200 },
    { fingerprint: fingerprint(b), total: 100 },
  ])
})

t.test('one breaker stands behind a refused key at an endpoint, however many refuse', async t => {
  const { ring, engine } = setUp()
  t.teardown(() => engine.close())
  let opened = 0
  const { open } = Breaker.prototype
  Breaker.prototype.open = function (this: Breaker) {
    opened += 1
    Reflect.apply(open, this, [])
  }
  t.teardown(() => {
    Breaker.prototype.open = open
  })
  for (let i = 0; i < 64; i += 1) ring.accepted(fingerprint(b), west, [fingerprint(a)])
  t.equal(opened, 1)
  ring.accountReadRefused(fingerprint(a), west)
  t.equal(opened, 1)
  ring.accountReadRefused(fingerprint(a), east)
  t.equal(opened, 2)
})
