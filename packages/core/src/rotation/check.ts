import type { Blocker } from './blocker.ts'
import type { Guarded } from './guarded.ts'
import type { AccountRecord, Rotation } from './record.ts'
import { isWaived } from './waiver.ts'
import type { ArmView, World } from './world.ts'

/** A named check: what stands in the way, if anything. */
export type Check = (world: World, guarded: Guarded) => readonly Blocker[]

/**
 * A gate is asked stage by stage, all checks of a stage at once: what Azure would say is looked
 * up only when the fleet has nothing to say any more, and is no blocker before.
 * What an operator has waived by name stands in no gate's way.
 */
export type Gate = readonly (readonly Check[])[]

export const openGate = (gate: Gate, world: World, guarded: Guarded): readonly Blocker[] => {
  for (const stage of gate) {
    const blockers = stage
      .flatMap(check => check(world, guarded))
      .filter(blocker => !isWaived(world, guarded, blocker))
    if (blockers.length > 0) return blockers
  }
  return []
}

/** … and what nobody can waive. */
export const openUnwaived = (gate: Gate, world: World, guarded: Guarded): readonly Blocker[] => {
  for (const stage of gate) {
    const blockers = stage.flatMap(check => check(world, guarded))
    if (blockers.length > 0) return blockers
  }
  return []
}

/** The newest version, which an adopted account always has. */
export const publishedOf = (record: AccountRecord): NonNullable<AccountRecord['published']> => {
  if (!record.published) throw new TypeError('an adopted account has a published keyset')
  return record.published
}

/** The rotation of a journal that says that one was begun. */
export const rotationOf = (record: AccountRecord): Rotation => {
  if (!record.rotation) throw new TypeError('no rotation was begun')
  return record.rotation
}

/** What was seen of ARM, where a gate has demanded that it was looked at. */
export const lookOf = ({ arm }: World): ArmView => {
  if (!lookedAt(arm)) throw new TypeError('nothing was seen of ARM in this turn')
  return arm
}

export const lookedAt = (arm: ArmView | null): arm is ArmView => arm !== null && arm.error === null

/** An operator reads seconds, not milliseconds. */
export const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`

/** … and of hours, hours and minutes; of days, days. */
export const duration = (ms: number): string => {
  if (ms < 120_000) return seconds(ms)
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} d`
}
