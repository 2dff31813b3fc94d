import { FakeMember, type Rig } from '@keyturn/testkit'
import t from 'tap'
import {
  inPods,
  kubernetes,
  machineEnded,
  one,
  podOf,
  seconds,
  standings,
  terminated,
  until,
} from './in-pods.ts'

const silenceOf = (rig: Rig): number => rig.world().policy.limits.reportAgeMsMax / 1_000 + 1

const machineOf = (rig: Rig, name = 'two') => ({
  expected: [podOf('one')],
  dead: [machineEnded(name, rig.now)],
})

t.test('a sidecar that starts again on a machine declared dead speaks for the machine', async t => {
  const rig = inPods()
  const two = rig.member('two')
  two.silent = true
  seconds(rig, 1, machineOf(rig))
  two.silent = false
  two.previousIncarnation = two.incarnation
  two.incarnation = 'two-2'
  const declared = machineOf(rig)
  seconds(rig, 1, declared)
  two.silent = true
  seconds(rig, 300, declared)
  t.same(standings(rig), ['one joined', 'two joined', 'two replaced'])
})

t.test('of two in one pod, the one that speaks says that the machine of both lives', async t => {
  const rig = inPods()
  const silent = rig.member('two')
  silent.silent = true
  const twin = new FakeMember('two')
  twin.incarnation = 'two-2'
  twin.pod = podOf('two')
  const declared = machineOf(rig)
  seconds(rig, 1, declared)
  rig.members.push(twin)
  seconds(rig, 300, declared)
  t.same(standings(rig), ['one joined', 'two joined', 'two joined'])
  twin.silent = true
  seconds(rig, 300, declared)
  t.same(standings(rig), ['one joined', 'two joined', 'two joined'], 'and stays alive')
})

t.test('whoever joins after its machine was seen declared dead has spoken since', async t => {
  const rig = inPods()
  const declared = { dead: [machineEnded('three', rig.now)] }
  seconds(rig, 1, declared)
  const three = new FakeMember('three')
  three.pod = podOf('three')
  rig.members.push(three)
  seconds(rig, 1, declared)
  three.silent = true
  seconds(rig, 300, declared)
  t.same(standings(rig), ['one joined', 'three joined', 'two joined'])
})

t.test('whoever was evicted and speaks after the declaration is alive as well', async t => {
  const rig = inPods()
  const two = rig.member('two')
  two.silent = true
  rig.say({ verb: 'evict', by: 'ops', reason: 'silent', member: 'two' })
  const declared = machineOf(rig)
  seconds(rig, 1, declared)
  two.silent = false
  seconds(rig, 1, declared)
  two.silent = true
  seconds(rig, 300, declared)
  t.same(standings(rig), ['one joined', 'two joined'])
})

t.test('nobody is silent to a coordinator that was not there', async t => {
  const rig = inPods()
  const two = rig.member('two')
  two.silent = true
  seconds(rig, silenceOf(rig) - 2)
  rig.restart()
  const declared = machineOf(rig)
  seconds(rig, 5, declared)
  t.same(standings(rig), ['one joined', 'two joined'])
  seconds(rig, silenceOf(rig), declared)
  t.same(standings(rig), ['one joined', 'two dead'])
})

t.test('what a platform said long ago of a machine may not hold any more', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  const at = rig.now - kubernetes.ageMsMax
  seconds(rig, 300, { ...machineOf(rig), at })
  t.same(standings(rig), ['one joined', 'two joined'])
  seconds(rig, 1, { expected: one, dead: [terminated('two', rig.now)], at })
  t.same(standings(rig), ['one joined', 'two dead'], 'and of processes that ended it does')
})

t.test('whoever is said to be dead and to run is not dead', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  const expected = [podOf('one'), podOf('two')]
  seconds(rig, 300, { dead: [machineEnded('two', rig.now)], expected })
  t.same(standings(rig), ['one joined', 'two joined'])
})

t.test('a machine that was off and starts again: its pod is in the fleet, or missing', async t => {
  const rig = inPods()
  const two = rig.member('two')
  two.silent = true
  seconds(rig, 300, machineOf(rig))
  t.same(standings(rig), ['one joined', 'two dead'])
  rig.rotate()
  until(rig, 'fencing-standby', { expected: one })
  seconds(rig, 60)
  t.equal(rig.azure.posts, 0)
  t.match(rig.blockers, [{ code: 'MEMBER_MISSING', member: 'two', sentence: /left the fleet/ }])
  two.silent = false
  two.previousIncarnation = two.incarnation
  two.incarnation = 'two-2'
  until(rig, 'completed')
})

t.test('whoever said goodbye and runs may be serving again, unheard', async t => {
  const rig = inPods()
  const two = rig.member('two')
  two.leaving = true
  seconds(rig, 1)
  two.silent = true
  rig.rotate()
  seconds(rig, 60)
  t.equal(rig.azure.posts, 0)
  t.match(rig.blockers, [{ code: 'MEMBER_MISSING', member: 'two' }])
  until(rig, 'completed', { expected: one })
})

t.test('an eviction is somebody’s word for whoever still seems to run', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  rig.say({ verb: 'evict', by: 'ops', reason: 'its node was wiped', member: 'two' })
  rig.rotate()
  until(rig, 'completed')
  t.same(standings(rig), ['one joined', 'two evicted'])
})

t.test('whoever names no pod is known to the platform by its name', async t => {
  const rig = inPods()
  const two = rig.member('two')
  two.pod = undefined
  seconds(rig, 1)
  two.silent = true
  rig.rotate()
  const expected = [podOf('one'), podOf('two')]
  seconds(rig, silenceOf(rig) + 5, { expected })
  t.match(rig.blockers, [{ code: 'MEMBER_STALE', member: 'two', sentence: /bring it back/ }])
  seconds(rig, 1, { expected: one })
  t.match(rig.blockers, [{ code: 'MEMBER_STALE', member: 'two', sentence: /no proof/ }])
})
