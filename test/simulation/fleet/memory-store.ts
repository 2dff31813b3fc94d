import type { JournalEvent, Member } from '@keyturn/core'
import {
  type Expected,
  JournalConflict,
  type JournalEntry,
  type Observed,
  type Store,
} from '../../../packages/coordinator/src/ports.ts'

interface AccountRows {
  readonly journal: JournalEntry[]
  /** By name and incarnation; never changed in place. */
  readonly rows: Map<string, Member>
  sorted: readonly Member[] | null
  fleetRevision: number
  observed: { at: number; wall: number } | null
}

/** What several coordinators' processes share: the durable part of a store. */
export class SharedMemory {
  epoch = 0
  readonly #accounts = new Map<string, AccountRows>()

  account(name: string): AccountRows {
    const known = this.#accounts.get(name)
    if (known) return known
    const rows = { journal: [], rows: new Map(), sorted: null, fleetRevision: 0, observed: null }
    this.#accounts.set(name, rows)
    return rows
  }
}

const observedWriteMs = 1_000
const keyOf = ({ name, incarnation }: Member): string => `${name}\n${incarnation}`
const byName = (a: Member, b: Member): number => {
  const [left, right] = [keyOf(a), keyOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/**
 * The store's contract without a database: what simulated fleets of hundreds can afford. The
 * same tests that hold the SQLite store to the contract hold this one.
 */
export class MemoryStore implements Store {
  readonly #shared: SharedMemory
  readonly #wallNow: () => number
  readonly #observed = new Map<string, { at: number; wall: number; written: number }>()

  constructor(shared: SharedMemory, wallNow: () => number) {
    this.#shared = shared
    this.#wallNow = wallNow
  }

  lead(): number {
    this.#shared.epoch += 1
    return this.#shared.epoch
  }

  confirmLead(epoch: number): void {
    const leader = this.#shared.epoch
    if (leader !== epoch) {
      throw new JournalConflict('leader', `Leader ${leader} has taken over from leader ${epoch}.`)
    }
  }

  observe(account: string, turnMsMax: number): Observed {
    const wall = this.#wallNow()
    const stored = this.#shared.account(account).observed ?? { at: 0, wall }
    const last = this.#observed.get(account) ?? { ...stored, written: 0 }
    const passed = wall - last.wall
    const counted = last.at + Math.min(Math.max(0, passed), turnMsMax)
    const due = wall - last.written >= observedWriteMs || wall < last.written
    const at = due ? Math.max(counted, stored.at) : counted
    this.#observed.set(account, { at, wall, written: due ? wall : last.written })
    if (due) this.#writeObserved(account, at, wall)
    return { at, missed: passed > turnMsMax }
  }

  journal(account: string, after: number): readonly JournalEntry[] {
    return this.#shared.account(account).journal.filter(({ revision }) => revision > after)
  }

  append(
    account: string,
    expected: Expected,
    events: readonly JournalEvent[],
    rows: readonly Member[] = [],
  ): { revision: number; at: number } {
    this.#expect(account, expected)
    const at = this.#observed.get(account)?.at ?? 0
    const wall = this.#wallNow()
    const { journal } = this.#shared.account(account)
    const wallTime = new Date(wall).toISOString()
    for (const event of events) {
      const revision = journal.length + 1
      journal.push({ revision, epoch: expected.epoch, at, wallTime, event })
    }
    this.#writeObserved(account, at, wall)
    this.#writeRows(account, rows)
    return { revision: journal.length, at }
  }

  fleet(account: string): { revision: number; members: readonly Member[] } {
    const shared = this.#shared.account(account)
    shared.sorted ??= [...shared.rows.values()].sort(byName)
    return { revision: shared.fleetRevision, members: shared.sorted }
  }

  putMembers(account: string, rows: readonly Member[], weakens: boolean): void {
    this.#writeRows(account, rows)
    if (weakens) this.#shared.account(account).fleetRevision += 1
  }

  dropMembers(account: string, rows: readonly Member[]): void {
    const shared = this.#shared.account(account)
    for (const row of rows) {
      if (shared.rows.get(keyOf(row))?.sequence === row.sequence) shared.rows.delete(keyOf(row))
    }
    shared.sorted = null
  }

  close(): void {}

  #expect(account: string, { epoch, revision, fleetRevision }: Expected): void {
    this.confirmLead(epoch)
    const shared = this.#shared.account(account)
    if (shared.journal.length !== revision) {
      throw new JournalConflict(
        'journal',
        `The journal of ${account} has moved on from ${revision}.`,
      )
    }
    if (fleetRevision !== undefined && shared.fleetRevision !== fleetRevision) {
      throw new JournalConflict('fleet', `The fleet of ${account} has changed since it was read.`)
    }
  }

  #writeObserved(account: string, at: number, wall: number): void {
    const shared = this.#shared.account(account)
    if (shared.observed === null || at >= shared.observed.at) shared.observed = { at, wall }
  }

  #writeRows(account: string, rows: readonly Member[]): void {
    const shared = this.#shared.account(account)
    for (const row of rows) {
      const known = shared.rows.get(keyOf(row))
      if (known !== undefined && row.sequence < known.sequence) continue
      shared.rows.set(keyOf(row), row)
      // Whoever reads holds a list that never changes; most reports replace one row of it.
      const index = known === undefined ? -1 : (shared.sorted?.indexOf(known) ?? -1)
      shared.sorted = index < 0 ? null : (shared.sorted?.with(index, row) ?? null)
    }
  }
}
