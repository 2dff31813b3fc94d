import {
  type AccountRecord,
  decide,
  emptyRecord,
  fold,
  type JournalEvent,
  needs,
  obey,
  type Rotation,
  type World,
} from '@keyturn/core'
import { FakeMember, fingerprint, Rig } from '@keyturn/testkit'
import t from 'tap'
import { publishedOf, rotationOf } from '../../src/rotation/check.ts'
import { intend, retry } from '../../src/rotation/intend.ts'
import { hasWaiver } from '../../src/rotation/waiver.ts'

const inPhase = (phase: Rotation['phase']['at']): World => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until(phase as 'switching')
  rig.look()
  return rig.world()
}

const codes = (world: World): string[] => {
  const decision = decide(world)
  return decision.kind === 'wait' ? decision.blockers.map(({ code }) => code) : ['ACTED']
}

t.test('before it is adopted, an account is looked at and nothing else', async t => {
  const rig = new Rig()
  t.same(codes(rig.world()), ['NOT_ADOPTED'])
  t.same(needs(rig.world()), { arm: true, vault: true, probes: [] })
  rig.look()
  t.same(needs({ ...rig.world(), now: 500 }), { arm: false, vault: false, probes: [] })
})

t.test('adoption refuses what it cannot see, and what somebody else wrote', async t => {
  const rig = new Rig()
  rig.look()
  const world = rig.world()
  const adopt = { verb: 'adopt', by: 'ops', installation: 'here', takeOver: false } as const
  const code = (changed: Partial<World>) => {
    const answer = obey({ ...world, ...changed }, adopt)
    return answer.done ? 'DONE' : answer.blockers[0]?.code
  }
  const { vault } = world
  t.equal(code({ vault: null }), 'VAULT_UNREACHABLE')
  t.equal(code({ vault: vault && { ...vault, error: 'down' } }), 'VAULT_UNREACHABLE')
  t.equal(code({ vault: vault && { ...vault, foreign: true } }), 'VAULT_DIFFERS')
  t.equal(code({}), 'DONE')
  const fleet = new Rig().fleet
  fleet.take(new FakeMember('one'), 0)
  t.equal(code({ fleet: fleet.view() }), 'DONE', 'whatever the members hold, or nothing yet')
})

t.test('keys moved by hand are told while Azure is still busy with them', async t => {
  const world = inPhase('preflight')
  const { arm } = world
  const keys = { primary: fingerprint(0x77), secondary: fingerprint(0x78) }
  const moved = arm && { ...arm, idle: false, fingerprints: keys }
  t.same(codes({ ...world, arm: moved }).sort(), [
    'ACCOUNT_BUSY',
    'ARM_DIFFERS',
    'ARM_DIFFERS',
    'PROBE_PENDING',
  ])
})

t.test('a key that nobody has probed yet is not published', async t => {
  const world = inPhase('probing-standby')
  t.same(codes({ ...world, probes: [] }), ['PROBE_PENDING'])
  const regionless = world.probes.map(probe => ({ ...probe, regions: [] }))
  t.same(codes({ ...world, probes: regionless }), ['PROBE_PENDING'])
  const silent = world.probes.map(probe => ({
    ...probe,
    fingerprint: world.arm?.fingerprints.secondary ?? probe.fingerprint,
    regions: probe.regions.map(region => ({ ...region, accepted: 0, failure: null })),
  }))
  t.same(codes({ ...world, probes: silent }), ['PROBE_FAILING', 'PROBE_FAILING'])
})

t.test('a look that failed is no look: nothing is sent, nothing is settled', async t => {
  const world = inPhase('regenerating-standby')
  const { arm, record } = world
  t.same(codes({ ...world, arm: arm && { ...arm, error: 'down' } }), ['REGENERATION_RUNNING'])
  t.same(codes({ ...world, arm: arm && { ...arm, fresh: false } }), ['REGENERATION_RUNNING'])
  t.same(codes({ ...world, arm: null }), ['REGENERATION_RUNNING'])
  const published = record.published && { ...record.published, at: world.now }
  t.same(codes({ ...world, record: { ...record, published }, vault: null }), [
    'REGENERATION_RUNNING',
  ])
})

t.test('an operation that succeeded without a new key is waited for', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('regenerating-standby')
  const world = rig.world()
  const [attempt] = attemptsOf(world.record)
  const { arm } = world
  const operation = attempt?.outcome.is === 'accepted' ? attempt.outcome.operation : ''
  const view = { operation, status: 'succeeded' } as const
  const seen = { fresh: true, operation: view }
  t.same(codes({ ...world, arm: arm && { ...arm, ...seen } }), ['REGENERATION_RUNNING'])
  const failed = { fresh: true, idle: false, operation: { operation, status: 'failed' as const } }
  t.same(
    codes({ ...world, arm: arm && { ...arm, ...failed } }),
    ['ACTED'],
    'one that failed is not',
  )
})

const attemptsOf = ({ rotation }: AccountRecord) =>
  rotation && 'attempts' in rotation.phase ? rotation.phase.attempts : []

t.test('what is no answer to anything journalled changes nothing', async t => {
  const paused: JournalEvent = { type: 'paused', by: 'ops', reason: 'test' }
  t.same(fold(emptyRecord, paused, 1), emptyRecord, 'no rotation to pause')
  const { record } = inPhase('preflight')
  t.same(fold(record, { type: 'published', version: 99 }, 1), record, 'another version')
  const settled = { type: 'regenerate-settled', attempt: 1, why: 'expired' } as const
  t.same(fold(record, settled, 1), record, 'no attempt to settle')
  t.throws(() => publishedOf(emptyRecord), { message: /adopted account/ })
  t.throws(() => rotationOf(emptyRecord), { message: /begun/ })
  t.notOk(hasWaiver(emptyRecord, 'primary', { code: 'MEMBER_STALE' }), 'nor one to waive for')
})

t.test('no intent without a look, and none beside an unsettled one', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('regenerating-standby')
  rig.look()
  const world = rig.world()
  t.throws(() => intend({ ...world, arm: null }, 'secondary', 1), { message: /seen of ARM/ })
  const attempts = attemptsOf(world.record)
  t.equal(attempts[0]?.outcome.is, 'accepted')
  const guarded = { slot: 'secondary', remaining: 'primary' } as const
  const idle = { ...world, arm: world.arm && { ...world.arm, idle: true } }
  t.match(retry(idle, attempts, guarded, { at: 'probing-standby' }), { kind: 'wait' })
  t.match(retry(idle, [], guarded, { at: 'probing-standby' }), { kind: 'wait' })
})

t.test('what Azure said when it refused stands in the blocker', async t => {
  const world = inPhase('regenerating-standby')
  const detail = 'PreconditionFailed: an exclusive lock'
  const refused = { type: 'regenerate-settled', attempt: 1, why: 'refused', detail } as const
  const record = fold(world.record, refused, world.now)
  const decision = decide({ ...world, record, arm: world.arm && { ...world.arm, idle: true } })
  t.match(decision, { blockers: [{ code: 'AZURE_REFUSED', sentence: /: an exclusive lock;/ }] })
})

t.test('an operator learns why ARM could not be read, also where it never could', t => {
  const world: World = { ...inPhase('preflight'), arm: null }
  const said = (armError?: string | null) => {
    const decision = decide(armError === undefined ? world : { ...world, armError })
    return decision.kind === 'wait' ? decision.blockers.map(({ sentence }) => sentence).join() : ''
  }
  t.match(said('AuthorizationFailed: no right to listKeys'), /\(AuthorizationFailed: no right/)
  t.match(said(null), /could not be read yet/)
  t.match(said(), /could not be read yet/)
  const adopt = { verb: 'adopt', by: 'ops', installation: 'i', takeOver: false } as const
  const anew = { ...world, record: emptyRecord }
  t.match(obey({ ...anew, armError: 'ENOTFOUND' }, adopt), {
    done: false,
    blockers: [{ code: 'ARM_UNREACHABLE', sentence: /\(ENOTFOUND\)/ }],
  })
  t.match(obey(anew, adopt), { blockers: [{ sentence: /could not be read yet/ }] })
  const { arm } = inPhase('preflight')
  const failing = { ...anew, arm: arm && { ...arm, error: 'ETIMEDOUT' }, armError: 'ETIMEDOUT' }
  t.match(obey(failing, adopt), { blockers: [{ sentence: /\(ETIMEDOUT\)/ }] })
  t.end()
})
