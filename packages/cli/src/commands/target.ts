import { type Command, Option } from 'commander'
import { UsageError } from '../failure.ts'

type Slot = 'primary' | 'secondary'

/** Which keys a rotation is about. */
export interface Target {
  readonly slot?: Slot
  readonly emergency?: Slot
  readonly readOnly?: boolean
}

export const withTarget = (command: Command): Command =>
  command
    .addOption(new Option('--slot <slot>', 'turn this one only').choices(['primary', 'secondary']))
    .addOption(
      new Option('--emergency <slot>', 'its key has leaked: deadlines instead of patience').choices(
        ['primary', 'secondary'],
      ),
    )
    .option('--read-only', 'the account’s read-only pair')

/** @throws {UsageError} where two options name two slots. */
export const targetOf = ({ slot, emergency }: Target): { slot?: Slot; emergency?: boolean } => {
  if (emergency === undefined) return slot === undefined ? {} : { slot }
  if (slot !== undefined && slot !== emergency) {
    throw new UsageError('An emergency is about the one slot that it names: leave out --slot.')
  }
  return { slot: emergency, emergency: true }
}
