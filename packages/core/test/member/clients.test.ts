import { type ClientEvent, type Clients, clientLabel, clientStep, isTaken } from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { anySample, client, held, key, sample } from './arbitraries.ts'

const identity = { id: 'a', name: 'app', pid: 1, presence: 'a' }
const live = (...events: ClientEvent[]): Clients => events.reduce<Clients>(clientStep, [])
const attached = { is: 'attached', client: identity } as const
const sampled = (sequence: number) =>
  ({ is: 'sampled', id: 'a', sample: sample(sequence, { held: held(sequence) }) }) as const

t.test('a client is attached, heard, and leaves by its goodbye', async t => {
  t.match(live(attached), [{ state: 'attached', sample: null }])
  t.match(live(attached, sampled(1)), [{ sample: { sequence: 1 } }])
  t.same(live(attached, { is: 'goodbye', id: 'a', sample: sample(2) }), [])
})

t.test('a closed connection makes it lost, and nothing but proof makes it gone', async t => {
  const lost = live(attached, sampled(1), { is: 'disconnected', id: 'a' })
  t.match(lost, [{ state: 'lost' }])
  t.equal(clientStep(lost, { is: 'disconnected', id: 'a' }), lost, 'and it stays lost')
  t.same(clientStep(lost, { is: 'died', id: 'a' }), [])
})

t.test('a lost client that returns is known by its last sample', async t => {
  const back = live(attached, sampled(4), { is: 'disconnected', id: 'a' }, attached)
  t.match(back, [{ state: 'attached', sample: { sequence: 4 } }])
})

t.test('a late sample is dropped', async t => {
  t.match(live(attached, sampled(4), sampled(3)), [{ sample: { sequence: 4 } }])
  t.match(live(attached, sampled(4), sampled(4)), [{ sample: { sequence: 4 } }])
})

t.test('a goodbye with requests in flight is only a sample', async t => {
  const usage = [{ fingerprint: key(1), inFlight: 1, total: 1, idleMs: 0 }]
  const still = live(attached, { is: 'goodbye', id: 'a', sample: sample(2, { usage }) })
  t.match(still, [{ state: 'attached', sample: { sequence: 2 } }])
})

t.test('an id belongs to the process that listens on its presence socket', async t => {
  const clients = live(attached, sampled(1))
  const twin = { ...identity, presence: 'b' }
  t.ok(isTaken(clients, twin))
  t.notOk(isTaken(clients, identity))
  t.equal(clientStep(clients, { is: 'attached', client: twin }), clients)
})

t.test('events about clients that are not there change nothing', async t => {
  const clients = live(attached)
  for (const event of [
    { is: 'disconnected', id: 'x' },
    { is: 'sampled', id: 'x', sample: sample(1) },
    { is: 'died', id: 'x' },
    { is: 'goodbye', id: 'x', sample: sample(1) },
  ] as const) {
    t.same(clientStep(clients, event), clients)
  }
})

t.test('two clients of one name are told apart', async t => {
  t.not(clientLabel({ ...identity, id: 'c-1111' }), clientLabel({ ...identity, id: 'c-2222' }))
  t.ok(clientLabel({ ...identity, name: 'n'.repeat(127) }).length <= 127)
})

t.test('nobody disappears but by goodbye or death, whatever happens', async () => {
  const id = fc.constantFrom('a', 'b')
  const anyEvent: fc.Arbitrary<ClientEvent> = fc.oneof(
    id.map(each => ({
      is: 'attached' as const,
      client: { ...identity, id: each, presence: each },
    })),
    fc.record({ is: fc.constant('sampled' as const), id, sample: anySample }),
    fc.record({ is: fc.constant('disconnected' as const), id }),
    fc.record({ is: fc.constant('died' as const), id }),
    fc.record({ is: fc.constant('goodbye' as const), id, sample: anySample }),
  )
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 20 }), events => {
      let clients: Clients = []
      for (const event of events) {
        const next = clientStep(clients, event)
        const left = clients.filter(({ id: each }) => !next.some(other => other.id === each))
        const mayGo =
          event.is === 'died' ||
          (event.is === 'goodbye' && event.sample.usage.every(({ inFlight }) => inFlight === 0))
        if (left.some(each => !(mayGo && 'id' in event && event.id === each.id))) return false
        const older = next.some(each => {
          const before = clients.find(other => other.id === each.id)?.sample
          return before != null && (each.sample?.sequence ?? -1) < before.sequence
        })
        if (older) return false
        clients = next
      }
      return true
    }),
  )
})

t.test('a client from a list of its own stays as it is', async t => {
  t.same(
    clientStep([client('z')], attached).map(({ id }) => id),
    ['z', 'a'],
  )
})
