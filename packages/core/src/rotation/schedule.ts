import { publishedOf } from './check.ts'
import { act, type Decision } from './decision.ts'
import { hasEnded } from './phase.ts'
import { isRetired } from './retire.ts'
import type { World } from './world.ts'

/** A rotation that the policy's schedule asks for begins by itself, and asks what any other asks. */
export const scheduled = (world: World): Decision | null => {
  const { now, record, calendar } = world
  const dueAt = calendar?.dueAt ?? null
  if (dueAt === null || now < dueAt) return null
  if (isRetired(world)) return null
  if (record.rotation && !hasEnded(record.rotation.phase)) return null
  const { active: from, version, fingerprints: before } = publishedOf(record)
  // Versions only grow, and every rotation publishes: no two have this id.
  const id = `scheduled-${version}`
  const why = { by: 'schedule', reason: 'due by the schedule' }
  return act([{ type: 'rotation-started', id, ...why, from, before, plan: 'full' }])
}
