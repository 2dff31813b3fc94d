import { againstRetiring, needs, type Policy } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

const quietMs = 600_000
const policy: Partial<Policy> = {
  evidence: { is: 'azure', lagMs: 1, strayQuietMs: 1, pollMs: 10_000 },
  retire: { quietMs, confirmWithinMs: 60_000 },
}

/** Everybody has moved to Entra ID long ago. */
const quiet = (options: ConstructorParameters<typeof Rig>[0] = {}): Rig => {
  const rig = Rig.adopted({ policy, ...options })
  for (const member of rig.members) member.resting = true
  return rig.run(700)
}

const see = (rig: Rig): Rig => {
  rig.look()
  rig.outside.readEvidence(rig.now)
  return rig
}

const ask = (rig: Rig, confirm = false) =>
  see(rig).say({ verb: 'retire', by: 'ops', reason: 'Entra ID everywhere', confirm })

t.test('asked twice, with nothing against it, key authentication ends', async t => {
  const rig = quiet()
  t.same(ask(rig), [])
  rig.run(10)
  t.equal(rig.outside.disables, 0, 'once is not enough')
  t.same(ask(rig, true), [])
  rig.run(3)
  t.equal(rig.outside.disables, 1)
  t.match(rig.record.retirement, { is: 'done', by: 'ops', reason: 'Entra ID everywhere' })
  t.match(ask(rig), [{ code: 'RETIRED' }])
  t.match(rig.rotate(), [{ code: 'RETIRED' }], 'there are no keys to turn')
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: 0 }
  rig.run(5)
  t.equal(rig.record.rotation, null)
  rig.outside.localAuthDisabled = false
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: null }
  rig.run(60)
  t.same(rig.rotate(), [], 'somebody turned them on again')
})

t.test('a second word without a first one, or long after it, does nothing', async t => {
  const rig = quiet()
  t.match(ask(rig, true), [{ code: 'NOT_ASKED' }])
  ask(rig)
  rig.run(61)
  t.match(ask(rig, true), [{ code: 'NOT_ASKED', sentence: /within 60 s/ }])
  t.equal(rig.outside.disables, 0)
})

t.test('whoever used a key within the span stands against it, by name', async t => {
  const rig = quiet()
  rig.member('two').resting = false
  rig.second()
  t.match(ask(rig), [{ code: 'KEY_IN_USE', member: 'two', fingerprint: rig.azure.keys.primary }])
  rig.member('two').resting = true
  rig.run(601)
  t.same(ask(rig), [])
  rig.member('one').busy.set(rig.azure.keys.secondary, 1)
  rig.second()
  t.match(ask(rig, true), [{ code: 'KEY_IN_USE', member: 'one' }])
})

t.test('a member that holds nothing says nothing of its use', async t => {
  const rig = quiet()
  rig.member('one').deaf = true
  rig.member('one').held = null
  rig.second()
  t.match(ask(rig), [{ code: 'KEY_IN_USE' }, { code: 'KEY_IN_USE' }])
})

t.test('a use that only Azure saw, of any key, stands against it with its time', async t => {
  const rig = quiet()
  rig.outside.lastUse.secondary = rig.now - 100_000
  t.match(ask(rig), [{ code: 'RECENTLY_USED', passesInMs: 500_000, sentence: /used 100 s ago/ }])
  rig.run(501)
  t.same(ask(rig), [])
})

t.test('what Azure does not say is no silence', async t => {
  const rig = quiet()
  rig.outside.evidenceDown = true
  t.match(ask(rig), [{ code: 'EVIDENCE_PENDING' }])
  rig.outside.evidenceDown = false
  see(rig)
  const world = rig.world()
  const { evidence } = world
  const { lastUseOfAny: _, ...rest } = evidence ?? { lastUseOfAny: null }
  t.match(againstRetiring({ ...world, evidence: rest as typeof evidence }), [
    { code: 'EVIDENCE_PENDING', sentence: /both pairs/ },
  ])
  t.match(againstRetiring({ ...world, evidence: null }), [{ code: 'EVIDENCE_PENDING' }])
  rig.policy = policy.retire ? { retire: policy.retire } : {}
  t.match(ask(rig), [{ code: 'EVIDENCE_PENDING', sentence: /the policy asks for none/ }])
  rig.policy = {}
  t.match(ask(rig), [{ code: 'KEY_IN_USE', sentence: /within 35 d/ }], 'or over the default span')
})

t.test('declared consumers, silent members and a running rotation stand against it', async t => {
  const rig = quiet({ policy: { ...policy, consumers: [{ name: 'job', by: 'operator' }] } })
  rig.rotate()
  rig.member('two').silent = true
  rig.run(60)
  t.same(
    ask(rig).map(({ code }) => code),
    ['ROTATION_RUNNING', 'MEMBER_STALE', 'CONSUMER_PENDING'],
  )
})

t.test('a use that shows between the word and the deed ends the matter', async t => {
  const rig = quiet()
  ask(rig)
  ask(rig, true)
  rig.outside.lastUse.primary = rig.now
  rig.second()
  t.equal(rig.outside.disables, 0)
  t.equal(rig.record.retirement, null)
  t.ok(rig.journal.some(event => event.type === 'retire-dropped'))
})

t.test('what cannot be known at that moment is waited for', async t => {
  const rig = quiet()
  ask(rig)
  ask(rig, true)
  rig.outside.evidenceDown = true
  rig.run(30)
  t.same(rig.codes, ['EVIDENCE_PENDING'])
  t.equal(rig.outside.disables, 0)
  rig.outside.evidenceDown = false
  rig.run(15)
  t.equal(rig.record.retirement?.is, 'done')
})

t.test('it is asked of Azure until the account shows it, also by a new leader', async t => {
  const rig = quiet()
  ask(rig)
  ask(rig, true)
  rig.outside.disabling = false
  rig.run(3)
  t.ok(rig.outside.disables > 0)
  t.equal(rig.record.retirement?.is, 'intended')
  rig.restart()
  rig.outside.disabling = true
  rig.run(30)
  t.equal(rig.record.retirement?.is, 'done')
})

t.test('where a rotation has ended, its account may retire', async t => {
  const rig = quiet()
  rig.rotate()
  rig.until('completed')
  rig.run(700)
  t.same(ask(rig), [])
})

t.test('without evidence asked for, none is looked at', async t => {
  const rig = quiet()
  ask(rig)
  ask(rig, true)
  t.equal(needs(rig.world()).evidence, true)
  rig.policy = {}
  t.notOk('evidence' in needs(rig.world()))
})
