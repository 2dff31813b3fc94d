import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { JournalEvent, Member } from '@keyturn/core'
import type { Denial } from '@keyturn/protocol'
import {
  type Expected,
  JournalConflict,
  type JournalEntry,
  type Observed,
  type Snapshot,
  type Store,
} from '../ports.ts'
import { migrate } from './schema.ts'
import { readSnapshot, writeSnapshot } from './snapshots.ts'

/** How often observed time is written down where nothing else is: a crash loses no more. */
const observedWriteMs = 1_000

/** What was denied before these is forgotten: so many of the known, and so many of strangers. */
const denialsMax = 10_000
/** The table is cut back once in so many, as finding the oldest to keep walks over all of them. */
const denialsCutEvery = 100

/**
 * Journal and fleet in one SQLite file (WAL, full sync): what was answered survives a crash.
 * One leader: whoever opened the file last, by the epoch. Accounts go by ARM ids, which are one
 * however they are spelled.
 */
export class SqliteStore implements Store {
  readonly #db: DatabaseSync
  readonly #wallNow: () => number
  readonly #parsed = new Map<string, { readonly text: string; readonly member: Member }>()
  readonly #observed = new Map<string, { at: number; wall: number; written: number }>()

  /**
   * @param path a file, or `:memory:`
   * @throws {JournalTooNew} and whatever SQLite says of a file that cannot be opened
   */
  constructor(path: string, wallNow: () => number) {
    this.#wallNow = wallNow
    this.#db = new DatabaseSync(path)
    this.#db.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    )
    migrate(this.#db, wallNow)
  }

  lead(): number {
    const row = this.#db.prepare('UPDATE leader SET epoch = epoch + 1 RETURNING epoch').get()
    return Number(row?.['epoch'])
  }

  confirmLead(epoch: number): void {
    const leader = Number(this.#db.prepare('SELECT epoch FROM leader').get()?.['epoch'])
    if (leader !== epoch) {
      throw new JournalConflict('leader', `Leader ${leader} has taken over from leader ${epoch}.`)
    }
  }

  observe(id: string, turnMsMax: number): Observed {
    const account = id.toLowerCase()
    const wall = this.#wallNow()
    const last = this.#observed.get(account) ?? this.#readObserved(account, wall)
    const passed = wall - last.wall
    const counted = last.at + Math.min(Math.max(0, passed), turnMsMax)
    const due = wall - last.written >= observedWriteMs || wall < last.written
    // Others on this file have counted, too: whoever stood still would else date reports back.
    const at = due ? Math.max(counted, this.#readObserved(account, wall).at) : counted
    this.#observed.set(account, { at, wall, written: due ? wall : last.written })
    if (due) this.#writeObserved(account, at, wall)
    return { at, missed: passed > turnMsMax }
  }

  #readObserved(account: string, wall: number) {
    const row = this.#db
      .prepare('SELECT observed, wall FROM observed_time WHERE account = ?')
      .get(account)
    return row
      ? { at: Number(row['observed']), wall: Number(row['wall']), written: 0 }
      : { at: 0, wall, written: 0 }
  }

  #writeObserved(account: string, at: number, wall: number): void {
    this.#db
      .prepare(
        `INSERT INTO observed_time (account, observed, wall) VALUES (?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET observed = excluded.observed, wall = excluded.wall
         WHERE excluded.observed >= observed_time.observed`,
      )
      .run(account, at, wall)
  }

  journal(id: string, after: number, limit = -1): readonly JournalEntry[] {
    const account = id.toLowerCase()
    return this.#db
      .prepare('SELECT * FROM journal WHERE account = ? AND revision > ? ORDER BY revision LIMIT ?')
      .all(account, after, limit)
      .map(row => ({
        revision: Number(row['revision']),
        epoch: Number(row['epoch']),
        at: Number(row['at']),
        wallTime: String(row['wall_time']),
        event: JSON.parse(String(row['event'])) as JournalEvent,
      }))
  }

  snapshot(id: string): Snapshot | null {
    return readSnapshot(this.#db, id.toLowerCase())
  }

  append(
    id: string,
    expected: Expected,
    events: readonly JournalEvent[],
    rows: readonly Member[] = [],
    snapshot?: (at: number) => Snapshot,
  ): { revision: number; at: number } {
    const account = id.toLowerCase()
    return this.#transaction(() => {
      this.#expect(account, expected)
      const at = this.#observed.get(account)?.at ?? 0
      const wall = this.#wallNow()
      const insert = this.#db.prepare(
        'INSERT INTO journal (account, revision, epoch, at, wall_time, event) VALUES (?, ?, ?, ?, ?, ?)',
      )
      const wallTime = new Date(wall).toISOString()
      let { revision } = expected
      for (const event of events) {
        revision += 1
        insert.run(account, revision, expected.epoch, at, wallTime, JSON.stringify(event))
      }
      this.#writeObserved(account, at, wall)
      this.#writeRows(account, rows)
      if (snapshot) writeSnapshot(this.#db, account, snapshot(at))
      return { revision, at }
    })
  }

  #expect(account: string, { epoch, revision, fleetRevision }: Expected): void {
    this.confirmLead(epoch)
    const newest = this.#db
      .prepare('SELECT max(revision) AS newest FROM journal WHERE account = ?')
      .get(account)
    if (Number(newest?.['newest'] ?? 0) !== revision) {
      throw new JournalConflict(
        'journal',
        `The journal of ${account} has moved on from ${revision}.`,
      )
    }
    if (fleetRevision !== undefined && this.fleet(account).revision !== fleetRevision) {
      throw new JournalConflict('fleet', `The fleet of ${account} has changed since it was read.`)
    }
  }

  fleet(id: string): { revision: number; members: readonly Member[] } {
    const account = id.toLowerCase()
    const revision = this.#db
      .prepare('SELECT revision FROM fleet_revision WHERE account = ?')
      .get(account)
    const rows = this.#db
      .prepare(
        'SELECT name, incarnation, row FROM members WHERE account = ? ORDER BY name, incarnation',
      )
      .all(account)
    return {
      revision: Number(revision?.['revision'] ?? 0),
      members: rows.map(row => this.#member(account, row)),
    }
  }

  /** Every turn reads every row, and hardly any has changed: none is parsed twice. */
  #member(account: string, { name, incarnation, row }: Record<string, SQLOutputValue>): Member {
    const id = idOf(account, name, incarnation)
    const text = String(row)
    const known = this.#parsed.get(id)
    if (known?.text === text) return known.member
    const member = JSON.parse(text) as Member
    this.#parsed.set(id, { text, member })
    return member
  }

  putMembers(id: string, rows: readonly Member[], weakens: boolean): void {
    const account = id.toLowerCase()
    this.#transaction(() => {
      this.#writeRows(account, rows)
      if (weakens) {
        this.#db
          .prepare(
            `INSERT INTO fleet_revision (account, revision) VALUES (?, 1)
             ON CONFLICT (account) DO UPDATE SET revision = revision + 1`,
          )
          .run(account)
      }
    })
  }

  dropMembers(id: string, rows: readonly Member[]): void {
    const account = id.toLowerCase()
    this.#transaction(() => {
      const drop = this.#db.prepare(
        'DELETE FROM members WHERE account = ? AND name = ? AND incarnation = ? AND sequence = ?',
      )
      for (const { name, incarnation, sequence } of rows) {
        drop.run(account, name, incarnation, sequence)
        this.#parsed.delete(idOf(account, name, incarnation))
      }
    })
  }

  #writeRows(account: string, rows: readonly Member[]): void {
    const put = this.#db.prepare(
      `INSERT INTO members (account, name, incarnation, sequence, row) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (account, name, incarnation)
       DO UPDATE SET sequence = excluded.sequence, row = excluded.row
       WHERE excluded.sequence >= members.sequence`,
    )
    for (const member of rows) {
      const { name, incarnation, sequence } = member
      put.run(account, name, incarnation, sequence, JSON.stringify(member))
    }
  }

  deny(denial: Denial): void {
    this.#transaction(() => {
      const insert = this.#db.prepare('INSERT INTO denials (denial) VALUES (?)')
      const { lastInsertRowid } = insert.run(JSON.stringify(denial))
      if (Number(lastInsertRowid) % denialsCutEvery !== 0) return
      const cut = this.#db.prepare(
        `DELETE FROM denials WHERE known = ?1 AND id <= (
           SELECT id FROM denials WHERE known = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2
         )`,
      )
      for (const known of [0, 1]) cut.run(known, denialsMax)
    })
  }

  denials(limit: number): readonly Denial[] {
    return this.#db
      .prepare(
        `SELECT denial FROM denials
         WHERE id IN (SELECT id FROM denials WHERE known = 1 ORDER BY id DESC LIMIT ?1)
            OR id IN (SELECT id FROM denials WHERE known = 0 ORDER BY id DESC LIMIT ?1)
         ORDER BY id DESC`,
      )
      .all(limit)
      .map(row => JSON.parse(String(row['denial'])) as Denial)
  }

  close(): void {
    this.#db.close()
  }

  together<T>(work: () => T): T {
    return this.#transaction(work)
  }

  /** Within another one: whatever it wrote is undone alone, and is there once the outer one is. */
  #transaction<T>(work: () => T): T {
    const isInner = this.#db.isTransaction
    this.#db.exec(isInner ? 'SAVEPOINT inner' : 'BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#db.exec(isInner ? 'RELEASE inner' : 'COMMIT')
      return result
    } catch (error) {
      // A full disk ends the transaction by itself.
      const undo = isInner ? 'ROLLBACK TO inner; RELEASE inner' : 'ROLLBACK'
      if (this.#db.isTransaction) this.#db.exec(undo)
      throw error
    }
  }
}

/** No name holds a line's end. */
const idOf = (...parts: readonly (SQLOutputValue | undefined)[]): string => parts.join('\n')
