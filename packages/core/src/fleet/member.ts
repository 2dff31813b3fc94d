import type { Fingerprint } from '../fingerprint.ts'
import type { Fingerprints } from '../keyset.ts'
import type { Slot } from '../slot.ts'

/** A keyset as a report names it. */
export interface Held {
  readonly version: number
  readonly fingerprints: Fingerprints
  readonly active: Slot
  readonly fenced: readonly Slot[]
}

/** Where a member runs in Kubernetes: only the uid tells one life of a pod's name from the next. */
export interface MemberPod {
  readonly name: string
  readonly uid: string
  readonly namespace: string
  readonly node?: string | undefined
}

/** The facts of a report that gates ask for (the wire's schema says more of each). */
export interface MemberReport {
  readonly source: { readonly kind: string; readonly stalenessMsMax: number }
  readonly durable: boolean
  readonly held: Held | null
  readonly acknowledged: Held | null
  readonly proven: readonly Fingerprint[]
  readonly usage: readonly {
    readonly fingerprint: Fingerprint
    readonly inFlight: number
    readonly total: number
    readonly idleMs: number | null
  }[]
  readonly refused: readonly { readonly fingerprint: Fingerprint; readonly endpoint: string }[]
  readonly clients: { readonly attached: number; readonly lost: readonly string[] }
  /**
   * The newest keyset that it remembers, or one of its clients holds, and that it does not hold
   * itself though it is not older: its source was set back. Absent: its release does not say.
   */
  readonly ahead?: Held | null | undefined
  /** Below it the member serves nothing, whichever coordinator told it so. */
  readonly floor?: number | undefined
  /** The pod that it runs in. Absent: none, or its release does not say. */
  readonly pod?: MemberPod | undefined
  /** The version of Keyturn that it runs. Absent: one before they said so. */
  readonly release?: string | undefined
}

/**
 * `joined` binds every gate, however silent. `gone` said goodbye, `replaced` was followed by an
 * incarnation that presented its durable state, `evicted` left by an operator's word, `dead` by
 * the platform's proof.
 */
export type Standing = 'joined' | 'gone' | 'replaced' | 'evicted' | 'dead'

/** One row of the fleet: a name and an incarnation (PROTOCOL, P10). */
export interface Member {
  readonly name: string
  readonly incarnation: string
  readonly sequence: number
  readonly standing: Standing
  /** Observed time of the last report taken. */
  readonly reportedAt: number
  readonly report: MemberReport
  /**
   * What it acknowledged last, where its report acknowledges nothing: no ring behind it goes back
   * from there, and whoever starts there is served nothing older (PROTOCOL, P11 and P14).
   */
  readonly lastAcknowledged?: Held
  /** Its machine is said to have ended; whether it has spoken since that was recorded. */
  readonly declaredDead?: { readonly spokeSince: boolean }
}

export interface Fleet {
  /** Observed time since which this coordinator has been reachable. */
  readonly reachableSince: number
  readonly members: readonly Member[]
}

export const joined = (fleet: Fleet): readonly Member[] =>
  fleet.members.filter(member => member.standing === 'joined')

/** Whether this process signs with the key, by what it last said. */
export const usageOf = (member: Member, fingerprint: Fingerprint) =>
  member.report.usage.find(usage => usage.fingerprint === fingerprint) ?? null

/** Whatever any ring behind a member holds, or a member waits for: versions continue above (P8). */
export const largestVersion = (fleet: Fleet): number =>
  joined(fleet).reduce((largest, { report: { held, ahead, floor } }) => {
    return Math.max(largest, held?.version ?? 0, ahead?.version ?? 0, floor ?? 0)
  }, 0)
