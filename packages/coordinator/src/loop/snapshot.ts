import { type AccountRecord, emptyRecord } from '@keyturn/core'
import type { Snapshot } from '../ports.ts'

/** What the events so far come to. */
export interface Folded {
  readonly record: AccountRecord
  readonly revision: number
  /** Wall time in ms of the last rotation's start, or of the adoption before any. */
  readonly since: number | null
}

export const nothingFolded: Folded = { record: emptyRecord, revision: 0, since: null }

/**
 * Raised with every change of what `fold` makes of a journal: a snapshot of another version is
 * not used, and the whole journal is folded. A test holds it to the fold's behaviour.
 */
export const foldVersion = 3

/** Appends between two snapshots: a full turn has about 40 events. */
export const snapshotEvery = 100

export const snapshotOf = ({ record, revision, since }: Folded): Snapshot => ({
  revision,
  foldVersion,
  state: JSON.stringify({ record, since }),
})

/** Where a fold begins. */
export const foldedIn = (snapshot: Snapshot | null): Folded => {
  if (snapshot?.foldVersion !== foldVersion) return nothingFolded
  const state = JSON.parse(snapshot.state) as Omit<Folded, 'revision'>
  return { ...state, revision: snapshot.revision }
}
