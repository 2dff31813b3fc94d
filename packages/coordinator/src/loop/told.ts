import type { ArmView, Blocker } from '@keyturn/core'

/**
 * What operators are told of a turn that waits. Between two looks, which have a pace of their own,
 * Azure Resource Manager is not unreachable: what stood in the way at the last look still does.
 * @param before what they were told last; nothing, where something was done since.
 */
export const told = (
  blockers: readonly Blocker[],
  before: readonly Blocker[],
  arm: ArmView | null,
): readonly Blocker[] => {
  const isBetweenLooks = arm !== null && !arm.fresh && arm.error === null
  const waitsForLook = blockers.some(({ code }) => code === 'ARM_UNREACHABLE')
  return isBetweenLooks && waitsForLook && before.length > 0 ? before : blockers
}
