import { type AccountRecord, emptyRecord, fold, hasEnded, type Rotation } from '@keyturn/core'
import type { PastRotation } from '@keyturn/protocol'
import type { JournalEntry } from '../ports.ts'
import { rotationStatusOf } from './status.ts'

interface Found {
  readonly revision: number
  readonly startedAt: string
  readonly endedAt: string | null
  readonly rotation: Rotation
}

/** Every rotation of a journal, as it was at its end or is now; the newest first. */
export const rotationsOf = (entries: readonly JournalEntry[], now: number): PastRotation[] => {
  let record: AccountRecord = emptyRecord
  const found: Found[] = []
  for (const { event, at, revision, wallTime } of entries) {
    record = fold(record, event, at)
    const { rotation } = record
    if (rotation === null) continue
    const isNew = event.type === 'rotation-started'
    const before = isNew ? { revision, startedAt: wallTime, endedAt: null } : found.pop()
    if (before === undefined) continue
    const endedAt = before.endedAt ?? (hasEnded(rotation.phase) ? wallTime : null)
    found.push({ ...before, endedAt, rotation })
  }
  return found
    .reverse()
    .map(({ rotation, ...place }) => ({ ...rotationStatusOf(rotation, now), ...place }))
}
