import type {
  ArmView,
  CalendarView,
  Death,
  EvidenceView,
  Fleet,
  Instance,
  JournalEvent,
  Latest,
  Member,
  SecretKey,
  Slot,
} from '@keyturn/core'
import type { Denial, KeysetDocument } from '@keyturn/protocol'

/** Where keys are regenerated. Only `azure/arm.ts` talks to Azure Resource Manager. */
export interface Arm {
  /** One look: account, keys, and the operation that the journal names. */
  look(operation: string | null): Promise<ArmLook>
  keys(): Promise<Readonly<Record<Slot, SecretKey>>>
  /** Sends one POST, once: never retried, aborted after `withinMs`, and not begun late. */
  regenerate(slot: Slot, withinMs: number, how?: Sending): Promise<Sent>
  /** For how long ARM has asked not to be asked, in ms, since this was last called; absent: never. */
  restMs?(): number
}

export interface Sending {
  readonly skipUsageCheck?: boolean
  /**
   * Asked at the last moment, in the step in which the request is written: whoever was stopped
   * for a while does not send what the journal says is dead by now (PROTOCOL, P1).
   */
  readonly stillInTime?: () => boolean
}

/** The end of key authentication, which takes a right of its own. */
export interface LocalAuth {
  /** @throws where ARM refuses, or says nothing. */
  disable(): Promise<void>
}

/** What Azure itself says of the keys' use. */
export interface Evidence {
  /** @throws where it cannot be read. */
  read(): Promise<Omit<EvidenceView, 'at' | 'fresh' | 'error'>>
}

/** How a declared consumer is told to let go of a slot, and says that it has. */
export interface Hooks {
  /** `null`: it has. Otherwise what went wrong, in a few words; never a key. */
  run(consumer: string, slot: Slot): Promise<string | null>
}

/**
 * Who knows which pods or machines run an account's members, and which of them are dead. It
 * follows by itself; whoever reads gets what it knows already, and how long ago it was so.
 */
export interface Platform {
  read(): PlatformWord
  start(): void
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>
}

export interface PlatformWord {
  /** Since it was last known to have said all that it knows, in ms; `null`: it never did. */
  readonly ageMs: number | null
  readonly expected: readonly Instance[]
  /** Each with what proves it; kept for as long as it may be asked for. Never by absence. */
  readonly dead: readonly Omit<Death, 'seenAt'>[]
  /** Why it cannot be heard now; `null`: it can. Never a credential. */
  readonly error: string | null
}

/** Who knows calendars: windows and schedule, worked out for this very moment. */
export interface Calendar {
  /** @param since wall time in ms of the last rotation's start, or of the adoption before any. */
  view(observed: number, since: number | null): CalendarView
}

/** Evaluates cron patterns in a time zone; daylight saving is its business. */
export interface Cron {
  /** The first instant after `after` (both ms since 1970), or `null` where there is none. */
  next(pattern: string, timeZone: string, after: number): number | null
}

export interface ArmLook {
  readonly view: Omit<ArmView, 'at' | 'fresh' | 'error'>
  readonly regions: readonly RegionEndpoint[]
  /** Dropped at the end of the turn that looked. */
  readonly keys: Readonly<Record<Slot, SecretKey>>
}

export interface RegionEndpoint {
  readonly name: string
  readonly endpoint: string
  /** Whether it takes writes; absent: not known. */
  readonly writable?: boolean
}

export type Sent =
  | { readonly is: 'accepted'; readonly operation: string }
  /** ARM said no: nothing was changed. */
  | {
      readonly is: 'refused'
      readonly detail: string
      readonly because?: 'recently-used' | undefined
    }
  /** No answer, or one that says nothing: it may or may not take effect. */
  | { readonly is: 'unknown'; readonly detail: string }

/** Where keysets are published. */
export interface Vault {
  read(): Promise<VaultRead>
  write(document: KeysetDocument): Promise<void>
}

export interface VaultRead {
  readonly latest: Latest | null
  readonly foreign: boolean
}

/** Tries a key against one region, on a connection of its own (PROTOCOL, P6). */
export interface Prober {
  /**
   * `null`: accepted. Otherwise what was met, in a few words.
   * @param spreadMs it begins at a moment within this, drawn by chance; 0 where absent
   */
  probe(region: RegionEndpoint, key: SecretKey, spreadMs?: number): Promise<string | null>
}

export interface Observed {
  readonly at: number
  /** More passed since the last observation than was counted: nobody was here meanwhile. */
  readonly missed: boolean
}

/** The leader's conditions for an append: another leader or a newer event makes it fail. */
export interface Expected {
  readonly epoch: number
  readonly revision: number
  /** Where the append is an intent: nobody has weakened the fleet since it was read (P9). */
  readonly fleetRevision?: number | undefined
}

export interface JournalEntry {
  readonly revision: number
  readonly epoch: number
  /** Observed time, which spans are counted in. */
  readonly at: number
  /** What a clock on the wall said, for people. */
  readonly wallTime: string
  readonly event: JournalEvent
}

/** What a journal comes to, up to a revision: a fold may start from it (PROTOCOL, P17). */
export interface Snapshot {
  readonly revision: number
  /** Of whoever folded it: another one folds the journal anew. */
  readonly foldVersion: number
  readonly state: string
}

/** Journal and fleet, durable before anything is answered or sent (PROTOCOL, P17). */
export interface Store {
  /** Takes the lead: a new epoch, which makes every older leader's appends fail. */
  lead(): number
  /** @throws {JournalConflict} where another one has taken the lead since. */
  confirmLead(epoch: number): void
  /** Observed time of an account (PROTOCOL, P18). */
  observe(account: string, turnMsMax: number): Observed
  /**
   * @param after the revision before the first entry: 0 for all of them
   * @param limit as many at the most; all of them where absent
   */
  journal(account: string, after: number, limit?: number): readonly JournalEntry[]
  /** The last one that was written; absent where a store keeps none. */
  snapshot?(account: string): Snapshot | null
  /**
   * Appends, and writes `rows` of the fleet, and the snapshot of what the journal then comes to,
   * in the same transaction. @throws {JournalConflict}
   */
  append(
    account: string,
    expected: Expected,
    events: readonly JournalEvent[],
    rows?: readonly Member[],
    snapshot?: (at: number) => Snapshot,
  ): { readonly revision: number; readonly at: number }
  /**
   * Writes down what was denied, and drops the oldest of its kind: of somebody known, or of a
   * stranger. Absent where a store keeps none.
   */
  deny?(denial: Denial): void
  /** The newest first: at most so many of the known, and so many of strangers. */
  denials?(limit: number): readonly Denial[]
  fleet(account: string): { readonly revision: number; readonly members: Fleet['members'] }
  putMembers(account: string, rows: readonly Member[], weakens: boolean): void
  /** Each of them that is there as it was read: a later report of it stays. */
  dropMembers(account: string, rows: readonly Member[]): void
  /**
   * All that `work` writes in one transaction; what throws within it is undone by itself. Absent
   * where a store gains nothing by it.
   */
  together?<T>(work: () => T): T
  close(): void
}

/** `leader`: another one has taken over. Otherwise: look again, and decide again. */
export class JournalConflict extends Error {
  readonly code = 'JOURNAL_CONFLICT'
  override readonly name = 'JournalConflict'
  readonly moved: 'leader' | 'journal' | 'fleet'

  constructor(moved: JournalConflict['moved'], message: string) {
    super(message)
    this.moved = moved
  }
}

export interface WallClock {
  now(): number
  /** Goes on while the process is stopped, and is never set; `now` where absent. */
  monotonic?(): number
  /** Resolves after `ms`, or when the signal fires: whichever is first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}
