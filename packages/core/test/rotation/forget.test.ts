import { FakeMember, Rig } from '@keyturn/testkit'
import t from 'tap'
import { forgetMs, forgettable, receive, type Standing, type World } from '../../src/index.ts'
import { inPods, machineEnded, podOf, terminated } from './in-pods.ts'

/** Far enough from zero for somebody to have left long before. */
const later = (rig: Rig): World => ({ ...rig.world(), now: rig.now + 2 * forgetMs })

interface Left {
  readonly standing?: Standing
  /** Since its last report, in ms. */
  readonly ago?: number
  readonly spokeSince?: boolean
  readonly name?: string
  readonly uid?: string
}

/** A world in which one more has been there, and is not any more. */
const withOne = (world: World, left: Left = {}): World => {
  const { standing = 'gone', ago = forgetMs + 1, spokeSince, name = 'web-1', uid = name } = left
  const member = new FakeMember(name)
  member.incarnation = `${name}-before`
  member.pod = podOf(name, uid)
  const received = receive(name, [], member.report(0), world.now - ago)
  const [row] = received.taken ? received.rows : []
  if (!row) throw new TypeError('a first report is taken')
  const declared = spokeSince === undefined ? {} : { declaredDead: { spokeSince } }
  const members = [...world.fleet.members, { ...row, standing, ...declared }]
  return { ...world, fleet: { ...world.fleet, members } }
}

const forgottenOf = (world: World) => forgettable(world).map(({ name }) => name)

t.test('who left is forgotten once nobody has heard of it for 30 days', async t => {
  const world = later(Rig.adopted())
  for (const standing of ['gone', 'replaced', 'dead'] as const) {
    t.same(forgottenOf(withOne(world, { standing })), ['web-1'], standing)
    t.same(forgottenOf(withOne(world, { standing, ago: forgetMs })), [], standing)
  }
  t.equal(forgetMs, 30 * 24 * 3_600_000)
})

t.test('silence alone is never forgotten, nor what an operator has said', async t => {
  const world = later(Rig.adopted())
  t.same(forgottenOf(world), [], 'both have been silent for 60 days')
  t.same(forgottenOf(withOne(world, { standing: 'joined' })), [])
  t.same(forgottenOf(withOne(world, { standing: 'evicted' })), [])
})

t.test('nobody is forgotten while something turns', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.second()
  t.same(forgottenOf(withOne(later(rig))), [])
  rig.until('completed')
  t.same(forgottenOf(withOne(later(rig))), ['web-1'])
})

t.test('a name that the policy expects is known to have been there', async t => {
  const world = later(Rig.adopted({ names: ['one'] }))
  t.same(world.policy.fleet, { is: 'members', names: ['one'] })
  t.same(forgottenOf(withOne(world, { name: 'one' })), ['one'], 'by its later life')
  const gone = world.fleet.members.map(row => ({ ...row, standing: 'gone' as const }))
  const alone = { ...world, fleet: { ...world.fleet, members: gone } }
  t.same(forgottenOf(alone), [])
  const nobody = { is: 'none', acceptedBy: 'ops', reason: 'test' } as const
  const policy = { ...world.policy, fleet: nobody }
  t.same(forgottenOf({ ...alone, policy }), ['one'])
})

t.test('P13: what is held against a machine that is declared dead stays', async t => {
  const rig = inPods()
  const world = later(rig)
  const uid = 'uid-web-1'
  const saying = (dead: readonly ReturnType<typeof machineEnded | typeof terminated>[]) => ({
    ...world,
    platform: { at: world.now, expected: [], error: null, dead },
  })
  const ended = saying([machineEnded('web-1', world.now)])
  t.same(forgottenOf(withOne(ended, { standing: 'dead', spokeSince: false, uid })), [])
  t.same(forgottenOf(withOne(saying([]), { standing: 'dead', spokeSince: false, uid })), ['web-1'])
  t.same(forgottenOf(withOne(saying([]), { standing: 'replaced', spokeSince: true, uid })), [])
  const over = saying([terminated('web-1', world.now)])
  t.same(forgottenOf(withOne(over, { standing: 'dead', uid })), ['web-1'], 'processes that ended')
})

t.test('nobody is forgotten until the platform has spoken, and all could join', async t => {
  const world = withOne(later(inPods()))
  t.same(forgottenOf(world), ['web-1'])
  const platform = { at: null, expected: [], dead: [], error: 'not yet' }
  t.same(forgottenOf({ ...world, platform }), [])
  const fleet = { ...world.fleet, reachableSince: world.now - 1 }
  t.same(forgottenOf({ ...world, fleet }), [])
})

t.test('whoever returns after it was forgotten joins anew, and binds every gate', async t => {
  const member = new FakeMember('web-1')
  const late = receive('web-1', [], member.report(0), 2 * forgetMs)
  t.match(late, { taken: true, weakens: true, rows: [{ standing: 'joined' }] })
})
