import type { Held, MemberReport } from '../fleet/member.ts'
import { samePublication } from './publish.ts'
import type { Publication } from './record.ts'

/**
 * A keyset behind a member that was not published here and that no ring gives up for what was: it
 * is not older. Somebody wrote it to the vault, and whoever follows it stays with it.
 */
export const fromOtherHands = (
  { held, ahead }: MemberReport,
  published: Publication,
): Held | null =>
  [held, ahead ?? null].find(
    one => one !== null && one.version >= published.version && !samePublication(one, published),
  ) ?? null
