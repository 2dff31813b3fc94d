import { decide, obey } from '@keyturn/core'
import { FakeMember } from '@keyturn/testkit'
import t from 'tap'
import {
  inPods,
  kubernetes,
  machineEnded,
  one,
  podOf,
  says,
  seconds,
  standings,
  terminated,
  until,
} from './in-pods.ts'

t.test('a pod that runs and never reported is missing, whatever it is called', async t => {
  const rig = inPods()
  const stranger = podOf('web-x')
  const expected = [...rig.members.map(({ name }) => podOf(name)), stranger]
  rig.rotate()
  seconds(rig, 60, { expected })
  t.equal(rig.azure.posts, 0)
  t.match(rig.blockers, [{ code: 'MEMBER_MISSING', member: 'web-x', sentence: /never reported/ }])
  const late = new FakeMember('web-x')
  late.pod = stranger
  rig.members.push(late)
  until(rig, 'completed')
})

t.test('a successor under the same name is somebody else until it reports', async t => {
  const rig = inPods()
  rig.rotate()
  seconds(rig, 5, { expected: [podOf('one'), podOf('two', 'uid-of-the-next')] })
  t.match(rig.blockers, [{ code: 'MEMBER_MISSING', member: 'two' }])
  for (const row of rig.fleet.rows) {
    const { pod: _, ...report } = row.report
    rig.fleet.put({ ...row, report })
  }
  rig.members.forEach(member => {
    member.pod = undefined
  })
  seconds(rig, 1, { expected: [podOf('one'), podOf('two')] })
  t.notOk(rig.codes.includes('MEMBER_MISSING'), 'a release that names no pod goes by its name')
})

t.test('whoever is missing is waived by name, as anybody else', async t => {
  const rig = inPods()
  rig.rotate()
  const expected = [podOf('one'), podOf('two'), podOf('web-x')]
  seconds(rig, 5, { expected })
  const waive = { verb: 'waive', by: 'ops', reason: 'a debug pod', code: 'MEMBER_MISSING' } as const
  t.same(rig.say({ ...waive, member: 'web-x' }), [])
  t.match(rig.say({ ...waive, member: 'web-y' }), [{ code: 'UNKNOWN_MEMBER' }])
  until(rig, 'switching', { expected })
})

t.test('P13: a pod that ended leaves by its proof, which is journalled first', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  rig.rotate()
  const dead = [terminated('two', rig.now)]
  seconds(rig, 1, { expected: one, dead })
  t.same(standings(rig), ['one joined', 'two dead'])
  const died = rig.journal.filter(({ type }) => type === 'died')
  t.same(died, [
    {
      ...{ type: 'died', member: 'two', incarnation: 'two-1', uid: 'uid-two' },
      ...{ proof: 'terminated', detail: 'phase Failed' },
    },
  ])
  until(rig, 'completed', { expected: one, dead })
  t.equal(rig.journal.filter(({ type }) => type === 'died').length, 1)
})

t.test(
  'P13: a pod that is gone unseen proves nothing, and its member waits for a word',
  async t => {
    const rig = inPods()
    rig.member('two').silent = true
    rig.rotate()
    seconds(rig, 300, { expected: one })
    t.equal(rig.azure.posts, 0)
    t.match(rig.blockers, [{ code: 'MEMBER_STALE', member: 'two', sentence: /no proof.*evict it/ }])
    seconds(rig, 1, {})
    t.match(rig.blockers, [{ code: 'MEMBER_STALE', member: 'two', sentence: /bring it back/ }])
    rig.say({ verb: 'evict', by: 'ops', reason: 'its node was wiped', member: 'two' })
    until(rig, 'completed', { expected: one })
  },
)

t.test('the end of another pod of that name says nothing of this one', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  rig.rotate()
  const dead = [{ ...terminated('two', rig.now), uid: 'uid-of-the-one-before' }]
  seconds(rig, 300, { dead })
  t.same(standings(rig), ['one joined', 'two joined'])
  t.equal(rig.azure.posts, 0)
})

t.test('whoever names no pod dies of no proof, whatever its name is', async t => {
  const rig = inPods()
  rig.member('two').pod = undefined
  seconds(rig, 1)
  rig.member('two').silent = true
  seconds(rig, 300, { dead: [terminated('two', rig.now)] })
  t.same(standings(rig), ['one joined', 'two joined'])
})

t.test('a report after a termination came late: once nothing follows, it is believed', async t => {
  const rig = inPods()
  const dead = [terminated('two', rig.now)]
  seconds(rig, 10, { dead })
  t.same(standings(rig), ['one joined', 'two joined'], 'it speaks')
  rig.member('two').silent = true
  const { reportAgeMsMax } = rig.world().policy.limits
  seconds(rig, reportAgeMsMax / 1_000, { dead })
  t.same(standings(rig), ['one joined', 'two joined'])
  seconds(rig, 1, { dead })
  t.same(standings(rig), ['one joined', 'two dead'])
})

t.test('a machine’s end is believed of whoever has long been silent, and not at once', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  const dead = [machineEnded('two', rig.now)]
  const { reportAgeMsMax } = rig.world().policy.limits
  seconds(rig, reportAgeMsMax / 1_000, { dead })
  t.same(standings(rig), ['one joined', 'two joined'])
  seconds(rig, 1, { dead })
  t.same(standings(rig), ['one joined', 'two dead'])
})

t.test('a machine that was declared dead and speaks is not, however silent it falls', async t => {
  const rig = inPods()
  const dead = [machineEnded('two', rig.now)]
  seconds(rig, 2, { dead })
  rig.member('two').silent = true
  rig.rotate()
  seconds(rig, 300, { dead })
  t.same(standings(rig), ['one joined', 'two joined'])
  t.equal(rig.azure.posts, 0)
  t.ok(rig.codes.includes('MEMBER_STALE'))
})

t.test('what it said is held against the declaration, whatever restarts in between', async t => {
  const rig = inPods()
  const dead = () => [machineEnded('two', rig.now)]
  seconds(rig, 2, { dead: dead() })
  rig.member('two').silent = true
  rig.restart()
  for (let left = 300; left > 0; left -= 1) seconds(rig, 1, { dead: dead() })
  t.same(standings(rig), ['one joined', 'two joined'])
  const another = rig.member('two')
  another.silent = false
  another.pod = podOf('two', 'uid-of-the-next')
  seconds(rig, 1)
  t.equal(rig.fleet.rows.find(({ name }) => name === 'two')?.declaredDead, undefined)
})

t.test('whoever speaks after all is in the fleet again, and blocks', async t => {
  const rig = inPods()
  rig.member('two').silent = true
  seconds(rig, 1, { dead: [terminated('two', rig.now)] })
  const { revision } = rig.fleet
  rig.member('two').silent = false
  seconds(rig, 1)
  t.same(standings(rig), ['one joined', 'two joined'])
  t.equal(rig.fleet.revision, revision + 1, 'which an intent would notice')
})

t.test('a platform that cannot be heard blocks where the policy relies on it', async t => {
  const rig = inPods()
  rig.rotate()
  until(rig, 'fencing-standby')
  const at = rig.now - kubernetes.ageMsMax
  const error = 'pods is forbidden'
  seconds(rig, 400, { at, error })
  t.equal(rig.azure.posts, 0)
  t.match(rig.blockers, [{ code: 'PLATFORM_UNREACHABLE', sentence: /ago \(pods is forbidden\)/ }])
  t.same(standings(rig), ['one joined', 'two joined'], 'and nobody is removed')
  until(rig, 'completed')
})

t.test('one that never answered blocks as well, and a word for it does not', async t => {
  const rig = inPods()
  rig.rotate()
  seconds(rig, 1, { at: null })
  t.match(rig.blockers, [{ code: 'PLATFORM_UNREACHABLE', sentence: /has not answered yet, so/ }])
  rig.platform = undefined
  rig.second()
  t.same(rig.codes, ['PLATFORM_UNREACHABLE'])
  const word = { is: 'none', acceptedBy: 'ops', reason: 'virtual machines' } as const
  rig.policy = { ...rig.policy, platform: word }
  rig.until('completed')
})

t.test('its silence is waived by an operator’s word', async t => {
  const rig = inPods()
  rig.rotate()
  seconds(rig, 1, { at: null })
  const waive = { verb: 'waive', by: 'ops', reason: 'the API is down' } as const
  t.same(rig.say({ ...waive, code: 'PLATFORM_UNREACHABLE' }), [])
  until(rig, 'switching', { at: null })
})

t.test('to retire, a platform that is silent is waited for, and not the end of it', async t => {
  const rig = inPods()
  const retire = { verb: 'retire', by: 'ops', reason: 'Entra', confirm: false } as const
  says(rig, { at: null })
  const answer = obey(rig.world(), retire)
  t.ok(!answer.done && answer.blockers.some(({ code }) => code === 'PLATFORM_UNREACHABLE'))
  const intended = { is: 'intended', by: 'ops', reason: 'Entra', at: 0 } as const
  const world = { ...rig.world(), record: { ...rig.record, retirement: intended } }
  const decision = decide(world)
  const dropped = decision.kind === 'act' ? decision.events : []
  t.match(dropped, [{ type: 'retire-dropped', because: ['KEY_IN_USE'] }])
  t.notMatch(dropped, [{ because: ['PLATFORM_UNREACHABLE'] }])
})
