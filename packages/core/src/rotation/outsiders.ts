import { openGate } from './check.ts'
import { consumersToMove, hookOf, hooksOf } from './checks-policy.ts'
import { act, actOutside, type Decision } from './decision.ts'
import { emergencyLimitsOf } from './emergency.ts'
import { drainedGate } from './gates.ts'
import type { Guarded } from './guarded.ts'
import { hookRetryMs } from './limits.ts'
import type { Rotation } from './record.ts'
import type { World } from './world.ts'

/**
 * What has to happen behind a fence, besides waiting, for those who are not in the fleet: hooks
 * of declared consumers are run, and the moment is marked from which Azure's evidence counts.
 */
export const outsidersFirst = (
  world: World,
  rotation: Rotation,
  guarded: Guarded,
): Decision | null => hooks(world, rotation, guarded) ?? marked(world, rotation, guarded)

const hooks = (
  { now, record, policy, hooks }: World,
  rotation: Rotation,
  { slot }: Guarded,
): Decision | null => {
  // A hook reads what is published: it has to stand in the vault first.
  if (!record.published?.confirmed) return null
  const retryMs = rotation.emergency ? emergencyLimitsOf(policy).hookRetryMs : hookRetryMs
  for (const { name: consumer, by } of consumersToMove(rotation, policy, slot)) {
    if (by !== 'hook') continue
    const hook = hookOf(hooks, rotation, consumer, slot)
    if (hook?.is === 'succeeded') {
      return act([{ type: 'consumer-acknowledged', consumer, slot, by: 'hook' }])
    }
    const isDue = hook === null || (hook.is === 'failed' && now - hook.at >= retryMs)
    if (isDue) return actOutside({ do: 'run-hook', rotation: hooksOf(rotation), consumer, slot })
  }
  return null
}

const marked = (world: World, rotation: Rotation, guarded: Guarded): Decision | null => {
  const { policy, evidence } = world
  if (policy.evidence.is === 'none' || rotation.fenceAcknowledged !== null) return null
  if (!evidence?.fresh) return null
  if (openGate(drainedGate, world, guarded).length > 0) return null
  return act([{ type: 'fence-acknowledged', slot: guarded.slot, azureNow: evidence.azureNow }])
}
