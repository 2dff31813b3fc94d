import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline'
import { fixed, Ring } from '@keyturn/keyring'
import t from 'tap'
import { Engine } from '../src/engine/engine.ts'
import { writeTicket } from '../src/engine/ticket.ts'
import { ClientKeys } from '../src/keys.ts'
import { undiciTransport } from '../src/transport/undici.ts'
import { Account, newKey } from './support/account.ts'
import { EagerClock } from './support/eager-clock.ts'

const [a, b, c] = [newKey(), newKey(), newKey()]

t.test(
  'a literal that lost both keys says so once a minute, and recovers by replacing',
  async t => {
    const account = await Account.start(a, b)
    account.put({ id: '1', pk: 'p' })
    t.teardown(() => account.stop())
    const clock = new EagerClock()
    // The service's clock is the machine's, and the literal's dates are to be its.
    const wall = Date.now()
    const literal = { ...wrapped(clock), wall: () => wall }
    const ring = new Ring({ source: fixed({ primary: a, secondary: b }), clock: literal })
    const engine = new Engine({
      lease: {
        ring,
        start: () => void ring.start(),
        giveBack: ms => ring.stop(ms),
      },
      transport: undiciTransport(),
      clock: literal,
    })
    t.teardown(() => engine.close())
    const keys = new ClientKeys(engine)
    const read = async (): Promise<number> => {
      const resourceId = 'dbs/d/colls/c/docs/1'
      const ticket = writeTicket({ verb: 'GET', resourceType: 'docs', resourceId })
      const { status } = await engine.sendRequest(
        createPipelineRequest({
          url: `${account.endpoint}/${resourceId}`,
          headers: createHttpHeaders({ authorization: encodeURIComponent(ticket) }),
          allowInsecureConnection: true,
        }),
      )
      return status
    }
    const said: number[] = []
    keys.on('exhausted', ({ tried }) => {
      t.equal(tried.length, 2)
      said.push(clock.now())
    })
    t.equal(await read(), 200)
    account.keys.clear()
    while (clock.now() < 185_000) {
      const all = await Promise.all(Array.from({ length: 10 }, read))
      t.ok(all.every(status => status === 401))
      await clock.sleep(5000)
    }
    t.equal(said.length, 4, `said at ${said.map(Math.round)} ms`)
    for (const [i, at] of said.entries()) {
      if (i > 0) t.ok(at - (said[i - 1] ?? 0) >= 60_000)
    }
    t.equal(keys.status().source.lastError, null)
    account.keys.add(c)
    keys.replace({ primary: c, secondary: b })
    t.equal(await read(), 200)
    const active = keys.status().keys.find(({ state }) => state === 'active')
    t.match(active, { slot: 'primary', healthy: true, total: 1 })
  },
)

/** Its methods on their own, so that one of them can be another's. */
const wrapped = (clock: EagerClock) => ({
  now: () => clock.now(),
  sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
})
