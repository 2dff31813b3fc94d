import { publishedOf } from './check.ts'
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
      // A plan that was made anew may have begun behind the fence of the one before.
      return publishedOf(record).fenced.length === 0
        ? [entering({ at: 'reverted' })]
        : goingBack(record, rotation)
    case 'regenerating-standby':
      return [entering({ at: 'reverting', part: 'settling' })]
    case 'probing-standby':
      return [entering({ at: 'reverting', part: 'probing' })]
    default:
      return goingBack(record, rotation)
  }
}

const goingBack = (record: AccountRecord, { from }: Rotation): readonly JournalEvent[] => [
  entering({ at: 'reverting', part: 'publishing' }),
  publishing(record, { active: from, fenced: [] }),
]

export const revert = (record: AccountRecord, rotation: Rotation): Decision =>
  act(reverting(record, rotation))
