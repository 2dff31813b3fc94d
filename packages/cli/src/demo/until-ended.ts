import type { AccountStatus } from '@keyturn/protocol'
import { Failure } from '../failure.ts'

/** A phase that lasts longer than this is stuck, in ms; on a busy machine each takes its time. */
export const phaseMsMax = 180_000

export interface Waiting {
  /** Monotonic, in ms. */
  readonly now: () => number
  /** Between two looks. */
  readonly pause: () => Promise<unknown>
}

/**
 * Looks until the rotation has ended.
 * @throws {Failure} where it stands in one phase for longer than `phaseMsMax`
 */
export const untilEnded = async (
  look: () => Promise<AccountStatus>,
  { now, pause }: Waiting,
): Promise<AccountStatus> => {
  let phase: string | undefined
  let until = now() + phaseMsMax
  for (;;) {
    const status = await look()
    const word = status.rotation?.status
    if (word === 'completed' || word === 'reverted') return status
    if (status.rotation?.phase !== phase) {
      phase = status.rotation?.phase
      until = now() + phaseMsMax
    }
    if (now() > until) {
      const why = status.blockers.map(({ sentence }) => sentence).join(' ')
      throw new Failure(`The rotation is stuck in ${phase}: ${why}`)
    }
    await pause()
  }
}
