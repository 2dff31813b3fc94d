import { type AccountRecord, fold, type JournalEvent, type Member } from '@keyturn/core'
import type { Logger } from 'pino'
import type { JournalEntry, Store } from '../ports.ts'
import { type Folded, foldedIn, nothingFolded, snapshotEvery, snapshotOf } from './snapshot.ts'

/** An account's journal as this leader knows it: the fold, and where it stands. */
export class Ledger {
  /** What journal and fleet call the account. */
  readonly key: string
  readonly #store: Store
  readonly #log: Logger
  readonly #epoch: number
  #folded: Folded = nothingFolded
  /** The revision of the last snapshot. */
  #kept = 0

  constructor(key: string, store: Store, log: Logger, epoch: number) {
    this.key = key
    this.#store = store
    this.#log = log
    this.#epoch = epoch
    this.load()
  }

  get record(): AccountRecord {
    return this.#folded.record
  }

  /** Wall time in ms of the last rotation's start, or of the adoption before any. */
  get since(): number | null {
    return this.#folded.since
  }

  entries(after = 0, limit?: number): readonly JournalEntry[] {
    return this.#store.journal(this.key, after, limit)
  }

  /** Of the newest event that is known here. */
  get revision(): number {
    return this.#folded.revision
  }

  /** Folds the journal anew: at boot, and when somebody else has written to it. */
  load(): void {
    const start = foldedIn(this.#store.snapshot?.(this.key) ?? null)
    this.#kept = start.revision
    this.#folded = start
    this.follow()
  }

  /** Folds what somebody else has written since: a leader that was deposed and does not know. */
  follow(): void {
    const rest = this.#store.journal(this.key, this.#folded.revision)
    this.#folded = rest.reduce(withEntry, this.#folded)
  }

  /** @throws {JournalConflict} where another leader, a newer event or a weaker fleet was faster. */
  append(
    events: readonly JournalEvent[],
    { fleetRevision, rows }: { fleetRevision?: number; rows?: readonly Member[] } = {},
  ): void {
    if (events.length === 0) return
    const before = this.#folded
    const expected = { epoch: this.#epoch, revision: before.revision, fleetRevision }
    const after = (at: number) => withEvents(before, events, at)
    // A start's wall time is known once it is written: the snapshot waits for the next append.
    const isDue = before.revision + events.length - this.#kept >= snapshotEvery
    const kept = isDue && !events.some(isStart) ? (at: number) => snapshotOf(after(at)) : undefined
    const { revision, at } = this.#store.append(this.key, expected, events, rows, kept)
    if (kept) this.#kept = revision
    this.#folded = after(at)
    for (const { type, ...facts } of events) this.#log.info({ event: type, facts })
    if (events.some(isStart)) {
      const written = this.#store.journal(this.key, before.revision)
      this.#folded = { ...this.#folded, since: written.reduce(withEntry, before).since }
    }
  }
}

const isStart = ({ type }: JournalEvent): boolean =>
  type === 'rotation-started' || type === 'adopted'

const withEntry = (folded: Folded, { event, at, wallTime, revision }: JournalEntry): Folded => ({
  record: fold(folded.record, event, at),
  revision,
  since: isStart(event) ? Date.parse(wallTime) : folded.since,
})

const withEvents = (folded: Folded, events: readonly JournalEvent[], at: number): Folded => ({
  ...folded,
  record: events.reduce((record, event) => fold(record, event, at), folded.record),
  revision: folded.revision + events.length,
})
