import { type Held, sameHeld } from './sample.ts'
import type { MemberState } from './state.ts'

/**
 * The newest keyset that a client holds, or that was acknowledged, and that this member does not
 * hold itself though it is not older: no ring of its goes back to what the member holds, so that
 * versions have to continue above it (PROTOCOL, P8). It comes from a source that was set back:
 * restored by hand after somebody wrote to it, or lagging when the member started again.
 */
export const aheadOf = ({ held, clients, acknowledged }: MemberState): Held | null => {
  const known = [acknowledged, ...clients.map(({ sample }) => sample?.held ?? null)]
  return known.reduce((newest, one) => {
    if (one === null || one.version === 0 || sameHeld(one, held)) return newest
    const oldest = Math.max(held?.version ?? 0, newest === null ? 0 : newest.version + 1)
    return one.version >= oldest ? one : newest
  }, null)
}
