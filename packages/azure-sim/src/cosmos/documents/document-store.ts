import type { JsonObject } from '../json.ts'
import { type Change, History, partsOf } from '../replication/history.ts'
import { type Lag, noLag } from '../replication/lag.ts'
import { StoreView } from '../replication/store-view.ts'
import { ChangeLog } from './change-log.ts'
import { bodyText, type Owner, StoredDocument, ttlOf } from './document.ts'
import { DocumentTable } from './document-table.ts'
import type { Documents } from './documents.ts'
import { noRow } from './hash-index.ts'
import { type Component, partitionText } from './partition-key.ts'
import { UniqueIndex } from './unique-index.ts'
import type { UniqueKeys } from './unique-keys.ts'

export interface StoreSettings extends Owner {
  readonly uniqueKeys: UniqueKeys
  /** How far regions are behind; none is where it is absent. */
  readonly lag?: Lag
}

/** A transaction under way: how to take it back, and what to log once it holds. */
interface Running {
  readonly undo: (() => void)[]
  readonly changes: Change[]
  now: number
}

/**
 * The documents of one container, shared by all regions. Everything here is synchronous, so each
 * call is atomic; {@link transact} makes several calls so.
 */
export class DocumentStore implements Documents {
  readonly #settings: StoreSettings
  readonly #lag: Lag
  readonly #table: DocumentTable
  readonly #unique: UniqueIndex
  readonly #log: ChangeLog
  #history: History | null = null
  #lsn = 1
  #created = 0
  #running: Running | null = null

  constructor(settings: StoreSettings) {
    this.#settings = settings
    this.#lag = settings.lag ?? noLag
    this.#unique = new UniqueIndex(settings.uniqueKeys)
    this.#table = new DocumentTable(settings)
    this.#log = new ChangeLog(({ row, lsn }) => this.#table.lsnAt(row) === lsn)
  }

  get lsn(): number {
    return this.#lsn
  }

  /** The documents as a region sees them at `now`; these themselves where it is not behind. */
  seenBy(region: string, now: number): Documents {
    const history = this.#history
    if (history === null || !history.pending) return this
    const lsn = history.seenBy(region, now)
    return lsn === null ? this : new StoreView(this, history, lsn)
  }

  /**
   * A forced failover at `at`: this region is written to from then on, and what it had not seen is
   * lost. Log sequence numbers go on: a session whose writes were lost is not told so.
   */
  fallBackTo(region: string, at: number): void {
    const history = this.#history
    const lsn = history?.seenBy(region, at) ?? null
    if (history === null || lsn === null) return
    const changed = [...history.former(lsn)]
    for (const { key } of changed) {
      const { partition, id } = partsOf(key)
      const lost = this.#table.get(partition, id)
      if (lost === undefined) continue
      this.#unique.claim(lost, undefined, () => false)
      this.#release(lost)
      this.#table.delete(lost)
    }
    for (const { was } of changed) {
      if (was === undefined) continue
      this.#unique.claim(undefined, was, () => false)
      this.#table.restore(was)
    }
    this.#log.replace(this.#table.changes())
    this.#history = null
  }

  get(partition: string, id: string, now: number): StoredDocument | undefined {
    const document = this.#table.get(partition, id)
    return document !== undefined && document.expiresAt > now ? document : undefined
  }

  put(components: readonly Component[], body: JsonObject & { id: string }, now: number) {
    const key = partitionText(components)
    const former = this.#table.get(key, body.id)
    const alive = former !== undefined && former.expiresAt > now
    const lsn = this.#nextLsn()
    const document = new StoredDocument(
      this.#settings,
      this.#table.texts.append(key, body.id, bodyText(body)),
      {
        ordinal: alive ? former.ordinal : this.#nextOrdinal(),
        lsn,
        changedAt: Math.floor(now / 1000),
        ttl: ttlOf(body['ttl']),
      },
    )
    this.#replace(former, document, now)
    return document
  }

  remove(document: StoredDocument, now: number): void {
    this.#nextLsn()
    this.#replace(document, undefined, now)
  }

  transact<T>(work: () => T): T {
    const running: Running = { undo: [], changes: [], now: 0 }
    const before = this.#lsn
    this.#lsn += 1
    this.#running = running
    try {
      const result = work()
      if (running.changes.length === 0) this.#lsn = before
      else this.#record(running.changes, running.now)
      return result
    } catch (error) {
      for (const step of running.undo.toReversed()) step()
      this.#lsn = before
      throw error
    } finally {
      this.#running = null
    }
  }

  list(partition: string | null, now: number): StoredDocument[] {
    const documents = partition === null ? this.#table.all() : this.#table.of(partition)
    return documents.filter(document => document.expiresAt > now)
  }

  *changedAfter(lsn: number, now: number): Generator<StoredDocument> {
    for (const entry of this.#log.after(lsn)) {
      const document = this.#table.at(entry.row, entry.lsn)
      if (document !== undefined && document.expiresAt > now) yield document
    }
  }

  #nextLsn(): number {
    if (this.#running === null) this.#lsn += 1
    return this.#lsn
  }

  #nextOrdinal(): number {
    this.#created += 1
    return this.#created
  }

  #replace(from: StoredDocument | undefined, to: StoredDocument | undefined, now: number): void {
    const unclaim = this.#claim(from, to, now)
    this.#change({ from, to })
    const running = this.#running
    if (running === null) {
      this.#record([{ from, to }], now)
      return
    }
    running.changes.push({ from, to })
    running.now = now
    running.undo.push(() => {
      this.#change({ from: to, to: from })
      this.#release(to)
      unclaim()
    })
  }

  /** Gives the unique keys over; a version that may not have them leaves no text behind. */
  #claim(from: StoredDocument | undefined, to: StoredDocument | undefined, now: number) {
    const { partition } = to ?? from ?? {}
    const isAlive = (id: string): boolean => this.get(partition ?? '', id, now) !== undefined
    try {
      return this.#unique.claim(from, to, isAlive)
    } catch (error) {
      this.#release(to)
      throw error
    }
  }

  #change({ from, to }: Change): void {
    if (to !== undefined) this.#table.set(to)
    else if (from !== undefined) this.#table.delete(from)
  }

  /** What has happened for good. */
  #record(changes: readonly Change[], now: number): void {
    for (const { from } of changes) this.#release(from)
    for (const row of this.#changedRows(changes)) this.#log.append({ row, lsn: this.#lsn })
    if (this.#log.length > 64 + this.#table.size * 2) this.#log.compact()
    if (this.#lag.active || this.#history?.pending) {
      this.#history ??= new History(this.#lag, this.#settings.rid)
      this.#history.note(changes, this.#lsn, now)
    }
    this.#table.tidy()
  }

  /** The rows of what is there after these changes, each once, in the order of its last change. */
  #changedRows(changes: readonly Change[]): Iterable<number> {
    const rows = new Set<number>()
    for (const { to } of changes) {
      const row = to === undefined ? noRow : this.#table.rowOf(to)
      rows.delete(row)
      if (row !== noRow) rows.add(row)
    }
    return rows
  }

  #release(document: StoredDocument | undefined): void {
    if (document !== undefined) this.#table.texts.release(document.place)
  }
}
