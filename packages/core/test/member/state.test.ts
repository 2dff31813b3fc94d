import {
  type DurableState,
  isNews,
  isOwnSubject,
  type MemberEvent,
  type MemberState,
  mayGoodbye,
  mayReport,
  memberAtStart,
  memberStep,
  notServing,
  refusalFor,
  sayableAcknowledgement,
  statementOf,
  storeIsDue,
  toStore,
} from '@keyturn/core'
import fc from 'fast-check'
import t from 'tap'
import { anySample, held, key, sample } from './arbitraries.ts'

const subject = { account: '/subscriptions/x', pair: 'readWrite' } as const
const identity = { id: 'a', name: 'app', pid: 1, presence: 'a' }
const swapped = (version: number, change = {}) =>
  ({ is: 'swapped', held: held(version, change), subject: { ...subject } }) as const
const attached = { is: 'attached', client: identity } as const
const proven = { is: 'probed', fingerprint: key(2), accepted: true } as const
const answered = { is: 'answered', floor: 0, announced: 0 } as const

const after = (state: MemberState, ...events: MemberEvent[]): MemberState =>
  events.reduce(memberStep, state)
const stored = (state: MemberState): MemberState =>
  memberStep(state, { is: 'stored', stored: toStore(state) })
const fresh = (disk: DurableState | null = null, durable = true): MemberState =>
  memberAtStart(disk, 'i-1', durable)

t.test('nothing is served before the coordinator has answered, or the wait is over', async t => {
  const holding = after(fresh(), swapped(3))
  t.equal(notServing(fresh()), 'NO_KEYSET')
  t.equal(notServing(holding), 'NOT_JOINED')
  t.equal(notServing(after(holding, answered)), null)
  t.equal(notServing(after(holding, { is: 'join-wait-over' })), null)
  t.equal(after(holding, { is: 'join-wait-over' }).joining, 'outside')
  t.equal(after(holding, { is: 'join-wait-over' }, answered).joining, 'joined')
  t.equal(after(holding, answered, { is: 'join-wait-over' }).joining, 'joined')
})

t.test('nothing below the floor is served or acknowledged', async t => {
  const below = after(fresh(), swapped(3), proven, { ...answered, floor: 4 })
  t.equal(notServing(below), 'BELOW_FLOOR')
  t.equal(sayableAcknowledgement(stored(below)), null)
  t.equal(notServing(after(below, swapped(4))), null)
  t.equal(after(below, { ...answered, floor: 1 }).floor, 4, 'a floor never sinks')
})

t.test('a layout without versions is followed, unless there once was a version', async t => {
  const plain = after(fresh(), swapped(0), { ...answered, floor: 4 })
  t.equal(notServing(plain), null)
  const before = stored(stored(after(fresh(), swapped(7), proven, answered)))
  const again = memberAtStart(toStore(before), 'i-2', true)
  t.equal(notServing(after(again, swapped(0), answered)), 'BELOW_FLOOR')
})

t.test('a client is on the disk before it is handed a keyset', async t => {
  const serving = after(fresh(), swapped(1), answered)
  t.equal(refusalFor(serving, 'a'), 'CLIENT_UNKNOWN')
  const taken = after(serving, attached)
  t.equal(refusalFor(taken, 'a'), 'CLIENT_NOT_RECORDED')
  t.ok(storeIsDue(taken))
  t.equal(refusalFor(stored(taken), 'a'), null)
  t.notOk(storeIsDue(stored(taken)))
  t.equal(refusalFor(after(fresh(null, false), swapped(1), answered, attached), 'a'), null)
})

t.test('a version is on the disk before it is acknowledged', async t => {
  const holding = after(fresh(), swapped(1), proven, answered)
  t.equal(sayableAcknowledgement(holding), null)
  t.ok(storeIsDue(holding))
  t.equal(sayableAcknowledgement(stored(holding))?.version, 1)
  const undurable = after(fresh(null, false), swapped(1), proven)
  t.equal(sayableAcknowledgement(undurable)?.version, 1)
  t.notOk(storeIsDue(undurable))
})

t.test('nothing is reported under an identity that a restart would not know', async t => {
  t.notOk(mayReport(memberAtStart(toStore(fresh()), 'i-2', true)), 'starts has grown')
  t.ok(mayReport(stored(memberAtStart(toStore(fresh()), 'i-2', true))))
  t.ok(mayReport(fresh(null, false)))
})

t.test('a restart serves nothing older than what was acknowledged', async t => {
  const before = stored(stored(after(fresh(), swapped(7), proven, answered)))
  const again = memberAtStart(toStore(before), 'i-2', true)
  const stale = after(again, swapped(6), proven, answered)
  t.equal(notServing(stale), 'BELOW_FLOOR')
  t.equal(statementOf(stored(stale)).acknowledged, null)
  t.equal(notServing(after(stale, swapped(7))), null)
})

t.test('after a restart remembered clients are lost until they are heard', async t => {
  const before = stored(after(fresh(), swapped(1), answered, attached))
  const again = stored(memberAtStart(toStore(before), 'i-2', true))
  const holding = after(again, swapped(1), proven, answered)
  t.same(statementOf(holding).clients, { attached: 0, lost: ['app.a'] })
  t.equal(statementOf(holding).acknowledged, null)
  t.ok(statementOf(holding).usage.every(({ inFlight }) => inFlight === 1))
  const back = after(holding, attached)
  t.equal(statementOf(stored(back)).acknowledged, null, 'attached, and still unheard')
  const heard = after(back, { is: 'sampled', id: 'a', sample: sample(1, { held: held(1) }) })
  t.equal(statementOf(stored(heard)).acknowledged?.version, 1)
})

t.test('a member follows one account and pair, across restarts', async t => {
  const other = { account: '/subscriptions/y', pair: 'readWrite' } as const
  const member = after(fresh(), swapped(1))
  t.notOk(isOwnSubject(member, other))
  t.equal(memberStep(member, { is: 'swapped', held: held(2), subject: other }).held?.version, 1)
  t.notOk(isOwnSubject(memberAtStart(toStore(member), 'i-2', true), other))
  t.ok(isOwnSubject(member, { ...subject, account: '/SUBSCRIPTIONS/X' }))
  t.equal(memberStep(member, swapped(0)).held?.version, 1, 'and never goes backwards')
})

t.test('what opens or shuts a gate is news; counts that move are not', async t => {
  const base = stored(after(fresh(), swapped(1, { fenced: ['secondary'] }), answered))
  const said = statementOf(base)
  const measured = (number: number, inFlight: number): MemberEvent => ({
    is: 'measured',
    probes: [{ fingerprint: key(number), inFlight, total: 5, idleMs: 0 }],
    refused: [],
  })
  t.ok(isNews(null, said))
  t.notOk(isNews(said, statementOf(base)))
  t.notOk(isNews(said, statementOf(after(base, measured(1, 3)))), 'the active key is in use')
  t.ok(isNews(said, statementOf(after(base, measured(2, 1)))), 'a fenced one is')
  t.ok(isNews(said, statementOf(after(base, attached))))
  t.ok(isNews(said, statementOf(after(base, proven))))
  t.ok(isNews(said, statementOf(after(base, swapped(2)))))
  const refused = [{ fingerprint: key(1), endpoint: 'west', forMs: 0 }]
  t.ok(isNews(said, statementOf(after(base, { is: 'measured', probes: [], refused }))))
})

t.test('news is also what takes another’s place', async t => {
  const refused = (endpoint: string): MemberEvent => ({
    is: 'measured',
    probes: [],
    refused: [{ fingerprint: key(1), endpoint, forMs: 0 }],
  })
  const west = statementOf(after(fresh(), swapped(1), refused('west')))
  t.ok(isNews(west, statementOf(after(fresh(), swapped(1), refused('north')))))
  t.notOk(isNews(west, statementOf(after(fresh(), swapped(1), refused('west')))))
})

t.test('nothing is written twice: a restart on the same keyset finds all on the disk', async t => {
  const before = stored(after(fresh(), swapped(7, { fenced: ['secondary'] }), answered))
  const again = stored(memberAtStart(toStore(before), 'i-2', true))
  t.notOk(storeIsDue(after(again, swapped(7, { fenced: ['secondary'] }))))
  t.ok(storeIsDue(after(again, swapped(8, { fenced: ['secondary'] }))))
})

t.test('a client is on the disk before it is counted: a crash between would forget it', async t => {
  const come = after(stored(after(fresh(), swapped(1), answered)), attached)
  t.equal(statementOf(come).clients.attached, 0)
  t.equal(statementOf(stored(come)).clients.attached, 1)
  t.ok(isNews(statementOf(come), statementOf(stored(come))), 'told at once')
  t.equal(statementOf(after(fresh(null, false), attached)).clients.attached, 1, 'without a disk')
})

t.test('a member leaves once every client is gone', async t => {
  const alone = fresh()
  const lost = after(alone, attached, { is: 'disconnected', id: 'a' })
  t.ok(mayGoodbye(alone))
  t.notOk(mayGoodbye(lost))
  t.ok(mayGoodbye(after(lost, { is: 'died', id: 'a' })))
})

t.test('a proof can be withdrawn', async t => {
  const withdrawn = after(fresh(), proven, { ...proven, accepted: false })
  t.same(withdrawn.proven, [])
})

t.test('whatever happens: said means stored, and nothing goes backwards', async () => {
  const id = fc.constantFrom('a', 'b')
  const anyEvent: fc.Arbitrary<MemberEvent | 'store' | 'restart'> = fc.oneof(
    fc
      .integer({ min: 1, max: 4 })
      .map(version => swapped(version, version === 2 ? { fenced: ['secondary'] } : {})),
    id.map(each => ({
      is: 'attached' as const,
      client: { ...identity, id: each, presence: each },
    })),
    fc.record({ is: fc.constant('sampled' as const), id, sample: anySample }),
    fc.record({ is: fc.constant('disconnected' as const), id }),
    fc.constant(proven),
    fc.constant({ is: 'join-wait-over' as const }),
    fc.integer({ min: 0, max: 3 }).map(floor => ({ ...answered, floor })),
    fc.constant('store' as const),
    fc.constant('restart' as const),
  )
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), events => {
      let state = stored(fresh())
      let disk = toStore(state)
      let saidMax = 0
      for (const event of events) {
        if (event === 'store') {
          disk = toStore(state)
          state = memberStep(state, { is: 'stored', stored: disk })
        } else if (event === 'restart') {
          state = memberAtStart(disk, 'again', true)
        } else {
          state = memberStep(state, event)
        }
        const said = statementOf(state).acknowledged
        if (said !== null) {
          if (disk.acknowledged?.version !== said.version) return false
          if (said.version < saidMax) return false
          saidMax = said.version
        }
        const served = notServing(state) === null ? (state.held?.version ?? 0) : null
        if (served !== null && served < saidMax) return false
        const handed = state.clients.filter(each => refusalFor(state, each.id) === null)
        if (handed.some(each => !disk.clients.some(one => one.id === each.id))) return false
      }
      return true
    }),
    { numRuns: 500 },
  )
})
