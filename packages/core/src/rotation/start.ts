import { publishedOf } from './check.ts'
import { declaring, emergencyEvents, planFor } from './emergency.ts'
import { hasEnded } from './phase.ts'
import type { Rotation } from './record.ts'
import { isRetired } from './retire.ts'
import { type Answer, type Rotate, refuse } from './verb.ts'
import type { World } from './world.ts'

/** Begins a rotation. An emergency that is declared while one runs re-plans that one. */
export const rotate = (world: World, verb: Rotate): Answer => {
  const { record, policy } = world
  const { id, by, reason, slot, emergency } = verb
  const { rotation } = record
  if (emergency && slot === undefined) {
    return refuse('SLOT_MISSING', 'An emergency names the slot whose key has leaked.')
  }
  if (isRetired(world)) return refuse('RETIRED', 'The account takes no keys any more.')
  if (rotation && !hasEnded(rotation.phase)) return declareWithin(world, rotation, verb)
  const { active, fingerprints } = publishedOf(record)
  const plan = slot === undefined ? 'full' : planFor(slot, active)
  const started = { type: 'rotation-started', id, by, reason, from: active } as const
  return {
    done: true,
    events: [
      { ...started, before: fingerprints, plan },
      ...(emergency && slot ? emergencyEvents(policy, { slot, by, reason, plan }) : []),
    ],
  }
}

const declareWithin = (
  world: World,
  rotation: Rotation,
  { slot, emergency, by, reason }: Rotate,
): Answer => {
  if (!emergency || slot === undefined) {
    return refuse('ROTATION_RUNNING', `Rotation ${rotation.id} is in ${rotation.phase.at}.`)
  }
  return rotation.emergency
    ? refuse(
        'ROTATION_RUNNING',
        `Rotation ${rotation.id} is an emergency of the ${rotation.emergency.slot} key already, in ${rotation.phase.at}: declare this one when it has ended.`,
      )
    : { done: true, events: declaring(world, rotation, slot, by, reason) }
}
