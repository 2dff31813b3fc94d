import { act, type Decision, entering } from './decision.ts'
import type { JournalEvent } from './event.ts'
import { publishing } from './publish.ts'
import type { AccountRecord, Rotation } from './record.ts'

/**
 * The way back to the slot that was active, from any phase that can be aborted (PROTOCOL, P4).
 * Before an intent the fence is lifted; after it the slot stays fenced until it is settled,
 * probed and published.
 */
export const reverting = (record: AccountRecord, rotation: Rotation): readonly JournalEvent[] => {
  switch (rotation.phase.at) {
    case 'preflight':
      return [entering({ at: 'reverted' })]
    case 'regenerating-standby':
      return [entering({ at: 'reverting', part: 'settling' })]
    case 'probing-standby':
      return [entering({ at: 'reverting', part: 'probing' })]
    default:
      return [
        entering({ at: 'reverting', part: 'publishing' }),
        publishing(record, { active: rotation.from, fenced: [] }),
      ]
  }
}

export const revert = (record: AccountRecord, rotation: Rotation): Decision =>
  act(reverting(record, rotation))
