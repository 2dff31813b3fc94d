import t, { type Test } from 'tap'
import { World } from '../world.ts'
import { type Morning, Night, type NightOptions } from './night.ts'

t.setTimeout(300_000)

const hour = 3_600_000

type Strike = NightOptions['strikes'][string]

const scaleIn: Strike = night => {
  for (const pod of night.some(8)) night.leave(pod)
}

/** One after the other: a new pod comes, an old one goes. */
const rollingRestart: Strike = night => {
  for (const [index, pod] of night.some(20).entries()) {
    night.after(index * 2_000, () => {
      night.addPod()
      if (pod.isUp) night.leave(pod)
    })
  }
}

/** A notice of half a minute; whoever has not left by then goes with the machine. */
const spotEviction: Strike = night => {
  const [pod] = night.some(1)
  if (!pod) return
  const node = night.nodeOf(pod)
  for (const each of night.podsOn(node)) night.leave(each)
  night.after(night.chance.int(1_000, 30_000), () => night.loseNode(node, 'deleted'))
}

const nodeVanishes: Strike = night => {
  const [pod] = night.some(1)
  if (pod) night.loseNode(night.nodeOf(pod), night.chance.pick(['deleted', 'shut down']))
}

const sidecarsOutOfMemory: Strike = night => {
  for (const pod of night.some(6)) night.killSidecar(pod)
}

const applicationsOutOfMemory: Strike = night => {
  for (const pod of night.some(6)) night.killApplication(pod)
}

/** Killed with all that is in them, and nobody says goodbye. */
const podsKilled: Strike = night => {
  for (const pod of night.some(6)) {
    night.kill(pod)
    night.addPod()
  }
}

/** The coordinator is away for half a minute, and pods end meanwhile. */
const killedUnseen: Strike = night => {
  night.killCoordinator(30_000)
  night.after(5_000, () => podsKilled(night))
}

const strikes = {
  scaleIn,
  rollingRestart,
  spotEviction,
  nodeVanishes,
  sidecarsOutOfMemory,
  applicationsOutOfMemory,
  podsKilled,
  killedUnseen,
}

const phases = [
  'fencing-standby',
  'regenerating-standby',
  'switching',
  'baking',
  'fencing-former',
  'regenerating-former',
]

const pass = (
  seed: number,
  struck: NightOptions['strikes'],
  { pods = 50, machines = true, withinMs = 3 * hour } = {},
): Promise<Morning> => new Night({ seed, pods, strikes: struck, machines }).pass(withinMs)

/** It ended by itself, nothing was pulled from under anybody, and nobody was called. */
const nobodyWasCalled = (t: Test, { ended, violations, blockers, journal, trace }: Morning) => {
  t.same(violations, [])
  const story = ended === 'completed' ? '' : `${blockers.join(', ')}\n${trace.join('\n')}`
  t.equal(ended, 'completed', `the rotation has ended by itself${story}`)
  t.equal((journal.get('evicted') ?? 0) + (journal.get('waived') ?? 0), 0)
}

const pairs: readonly (readonly [keyof typeof strikes, keyof typeof strikes])[] = [
  ['scaleIn', 'nodeVanishes'],
  ['rollingRestart', 'applicationsOutOfMemory'],
  ['spotEviction', 'podsKilled'],
  ['killedUnseen', 'sidecarsOutOfMemory'],
]

for (const [first, second] of pairs) {
  t.test(`50 pods, ${first} and ${second} as a key is about to go`, async t => {
    const struck = { 'fencing-standby': strikes[first], 'fencing-former': strikes[second] }
    nobodyWasCalled(t, await pass(1, struck))
  })
}

t.test('a night in which all of it happens, in whichever order', async t => {
  for (const seed of [2, 3]) {
    const { chance } = new World({ seed })
    const left = Object.values(strikes)
    const mixed = phases.map((phase): [string, Strike] => {
      const strike = chance.pick(left)
      left.splice(left.indexOf(strike), 1)
      return [phase, strike]
    })
    const morning = await pass(seed, Object.fromEntries(mixed))
    nobodyWasCalled(t, morning)
    t.ok((morning.journal.get('died') ?? 0) > 0, 'some left by a proof alone')
  }
})

t.test('a machine’s end that nobody asks for leaves its members to an operator', async t => {
  const night = { pods: 10, machines: false, withinMs: hour / 4 }
  const morning = await pass(5, { 'fencing-standby': nodeVanishes }, night)
  t.same(morning.violations, [])
  t.equal(morning.ended, null, 'no silence is a proof')
  t.match(morning.blockers.join(), /MEMBER_STALE web-/)
})
