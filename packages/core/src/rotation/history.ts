import type { JournalEvent } from './event.ts'
import { fold } from './fold.ts'
import type { PhaseName } from './phase.ts'
import { type AccountRecord, emptyRecord, type Rotation } from './record.ts'

/** One entry of an account's journal, as far as durations go. */
export interface JournalLine {
  readonly event: JournalEvent
  /** Observed time of the append. */
  readonly at: number
}

/** How long each phase took in the rotations that were completed, in ms, oldest first. */
export const phaseTimes = (
  journal: readonly JournalLine[],
): ReadonlyMap<PhaseName, readonly number[]> => {
  const times = new Map<PhaseName, readonly number[]>()
  let record: AccountRecord = emptyRecord
  for (const { event, at } of journal) {
    record = fold(record, event, at)
    const isEnd = event.type === 'phase-entered' && event.phase.at === 'completed'
    if (!isEnd || !record.rotation) continue
    for (const [name, ms] of durationsOf(record.rotation)) {
      times.set(name, [...(times.get(name) ?? []), ms])
    }
  }
  return times
}

const durationsOf = ({ entered }: Rotation): readonly (readonly [PhaseName, number])[] =>
  entered.flatMap(({ name, at }, index) => {
    const next = entered[index + 1]
    return next ? [[name, next.at - at] as const] : []
  })

/** The middle one; of an even number the greater of the two in the middle, to promise less. */
export const median = (values: readonly number[]): number | null =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
