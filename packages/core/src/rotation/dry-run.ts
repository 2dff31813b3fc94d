import { otherSlot, type Slot } from '../slot.ts'
import type { Blocker } from './blocker.ts'
import { publishedOf, rotationOf } from './check.ts'
import { deedOf } from './deeds.ts'
import { paced } from './emergency.ts'
import { fold } from './fold.ts'
import { beforeAnythingGate } from './gates.ts'
import { guardedOf } from './guarded.ts'
import { type JournalLine, median, phaseTimes } from './history.ts'
import { regenerationMsTypical } from './limits.ts'
import { hasEnded, type PhaseName } from './phase.ts'
import { type Plan, phasesOf } from './plan.ts'
import { guardVault } from './publish.ts'
import type { Rotation } from './record.ts'
import type { Verb } from './verb.ts'
import { obey } from './verbs.ts'
import { isWaived } from './waiver.ts'
import type { World } from './world.ts'

/** What a rotation would do, and what would hold it now. Nothing is changed by asking. */
export interface DryRun {
  /** `null`: it would be refused, as the blockers say. */
  readonly plan: Plan | null
  readonly turns: readonly Slot[]
  /** Where it would be refused because a rotation runs: that one's, from its present phase on. */
  readonly steps: readonly DryStep[]
  /** The sum of the steps; a member that has to be waited for adds to it. */
  readonly estimateMs: number
  readonly blockers: readonly Blocker[]
  /** What no check can see, so that an operator has to answer for it. */
  readonly asks: readonly string[]
}

export interface DryStep {
  readonly phase: PhaseName
  readonly does: string
  /** Whether the policy asks for somebody's approval before it. */
  readonly approval: boolean
  readonly estimateMs: number
  /** The median of the account's earlier rotations, or what the limits and Azure make likely. */
  readonly basis: 'history' | 'limits'
}

/** @param world with a look at ARM and vault, and a probe of the key that remains, of this turn. */
export const dryRun = (
  world: World,
  what: Pick<Verb & { verb: 'rotate' }, 'slot' | 'emergency'>,
  journal: readonly JournalLine[],
): DryRun => {
  const asked = { verb: 'rotate', id: 'plan', by: 'plan', reason: 'a dry run', ...what } as const
  const answer = obey(world, asked)
  if (!answer.done) {
    const { blockers } = answer
    const steps = stepsAhead(world, journal)
    return { plan: null, turns: [], steps, estimateMs: sumOf(steps), blockers, asks: [] }
  }
  const { record: now } = world
  const record = answer.events.reduce((before, event) => fold(before, event, world.now), now)
  return described(paced({ ...world, record }), rotationOf(record), journal)
}

const described = (world: World, rotation: Rotation, journal: readonly JournalLine[]): DryRun => {
  const { plan } = rotation
  const steps = stepsOf(world, rotation, journal)
  const turns = turnsOf(rotation)
  const asks = turns.map(slot => askAbout(world, slot))
  const blockers = blockersNow(world, rotation)
  return { plan, turns, steps, estimateMs: sumOf(steps), blockers, asks }
}

/** Of the rotation that runs, if one does, and is not on its way back. */
const stepsAhead = (world: World, journal: readonly JournalLine[]): readonly DryStep[] => {
  const { rotation } = world.record
  return rotation && !hasEnded(rotation.phase) && rotation.phase.at !== 'reverting'
    ? stepsOf(paced(world), rotation, journal)
    : []
}

const stepsOf = (
  world: World,
  { plan, from, phase }: Rotation,
  journal: readonly JournalLine[],
): readonly DryStep[] => {
  const order = phasesOf(plan)
  const times = phaseTimes(journal)
  return order
    .slice(Math.max(0, order.indexOf(phase.at)), -1)
    .map(name => stepOf(world, from, name, median(times.get(name) ?? [])))
}

const sumOf = (steps: readonly DryStep[]): number =>
  steps.reduce((sum, { estimateMs }) => sum + estimateMs, 0)

const stepOf = (world: World, from: Slot, phase: PhaseName, known: number | null): DryStep => ({
  phase,
  does: deedOf(phase, from),
  approval: world.policy.approval?.before.some(asked => asked === phase) ?? false,
  estimateMs: known ?? likelyMs(world, phase),
  basis: known === null ? 'limits' : 'history',
})

/** Without a history: a report's hold to be heard by all, and the spans that the policy asks for. */
const likelyMs = ({ policy }: World, phase: PhaseName): number => {
  const { limits, evidence } = policy
  const heardMs = Math.round(limits.reportAgeMsMax / 3)
  switch (phase) {
    case 'regenerating-standby':
    case 'regenerating-former':
      return regenerationMsTypical
    case 'probing-standby':
    case 'probing-former':
      return Math.max(limits.probeSpanMs, limits.probesMin * limits.probeEveryMs)
    case 'baking':
      return Math.max(limits.bakeMs, limits.quietMs)
    case 'fencing-standby':
    case 'fencing-former':
      return heardMs + (evidence.is === 'azure' ? evidence.lagMs : 0)
    default:
      return heardMs
  }
}

const turnsOf = ({ plan, from }: Rotation): readonly Slot[] => {
  const standby = otherSlot(from)
  if (plan === 'full') return [standby, from]
  return [plan === 'active' ? from : standby]
}

/** Every stage of the gate at once: nothing is saved by not looking. */
const blockersNow = (world: World, rotation: Rotation): readonly Blocker[] => {
  const vault = guardVault(world)
  const guarded = guardedOf(rotation)
  const isFirst = rotation.phase.at === 'preflight'
  const atTheGate = (isFirst ? beforeAnythingGate(rotation) : [])
    .flat()
    .flatMap(check => check(world, guarded))
    .filter(blocker => !isWaived(world, guarded, blocker))
    // A standby is not tried for a mere plan: Azure would count that as a use of it.
    .filter(({ code }) => rotation.plan !== 'active' || code !== 'PROBE_PENDING')
  return [...(vault?.kind === 'wait' ? vault.blockers : []), ...atTheGate]
}

const askAbout = ({ record }: World, slot: Slot): string =>
  `Credentials derived from the ${slot} key ${publishedOf(record).fingerprints[slot]} (SAS tokens of createAuthorizationSasToken, resource tokens) die with it, and no check can see them: does anybody hold one?`
