import type { Spec } from './world/spec.ts'
import { ofTheFleet } from './worlds/fleet.ts'
import { ofPairs } from './worlds/pairs.ts'
import { ofPlans } from './worlds/plans.ts'
import { ofPlansAndLeaders } from './worlds/plans-and-leaders.ts'
import { ofTeeth } from './worlds/teeth.ts'

export { smokeWorlds } from './worlds/smoke.ts'

/** Those with more than a million steps, the longest first: whoever runs several begins with them. */
export const longest: readonly string[] = [
  'containers',
  'disk',
  'arrivals',
  'leaders',
  'vault-arrivals',
  'vault-edited',
  'replicas',
]

/**
 * Every small world. Some look finely at few processes, others coarsely at everything: together
 * they cover every fault and every pair of faults. A plan of its own (an emergency, one slot only,
 * the read-only pair) is one more entry here, with what it asks in its `Spec`.
 */
export const worlds: readonly Spec[] = [
  ...ofTheFleet,
  ...ofPlansAndLeaders,
  ...ofPairs,
  ...ofPlans,
  ...ofTeeth,
]
