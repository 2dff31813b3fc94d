import {
  type AccountRecord,
  emptyRecord,
  fold,
  type JournalEvent,
  type Member,
} from '@keyturn/core'
import type { Logger } from 'pino'
import type { JournalEntry, Store } from '../ports.ts'

/** An account's journal as this leader knows it: the fold, and where it stands. */
export class Ledger {
  /** What journal and fleet call the account. */
  readonly key: string
  readonly #store: Store
  readonly #log: Logger
  readonly #epoch: number
  #record: AccountRecord = emptyRecord
  #revision = 0
  #since: number | null = null

  constructor(key: string, store: Store, log: Logger, epoch: number) {
    this.key = key
    this.#store = store
    this.#log = log
    this.#epoch = epoch
    this.load()
  }

  get record(): AccountRecord {
    return this.#record
  }

  /** Wall time in ms of the last rotation's start, or of the adoption before any. */
  get since(): number | null {
    return this.#since
  }

  entries(): readonly JournalEntry[] {
    return this.#store.journal(this.key)
  }

  /** Folds the journal anew: at boot, and when somebody else has written to it. */
  load(): void {
    this.#record = emptyRecord
    this.#revision = 0
    const entries = this.entries()
    for (const { event, at, revision } of entries) {
      this.#record = fold(this.#record, event, at)
      this.#revision = revision
    }
    this.#since = startOf(entries)
  }

  /** @throws {JournalConflict} where another leader, a newer event or a weaker fleet was faster. */
  append(
    events: readonly JournalEvent[],
    { fleetRevision, rows }: { fleetRevision?: number; rows?: readonly Member[] } = {},
  ): void {
    if (events.length === 0) return
    const expected = { epoch: this.#epoch, revision: this.#revision, fleetRevision }
    const { revision, at } = this.#store.append(this.key, expected, events, rows)
    this.#revision = revision
    for (const event of events) {
      this.#record = fold(this.#record, event, at)
      const { type, ...facts } = event
      this.#log.info({ event: type, facts })
    }
    if (events.some(isStart)) this.#since = startOf(this.entries())
  }
}

const isStart = ({ type }: JournalEvent): boolean =>
  type === 'rotation-started' || type === 'adopted'

const startOf = (entries: readonly JournalEntry[]): number | null => {
  const last = entries.findLast(({ event }) => isStart(event))
  return last ? Date.parse(last.wallTime) : null
}
