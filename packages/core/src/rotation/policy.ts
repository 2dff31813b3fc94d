import type { EmergencyLimits, EvidenceLimits, Limits, RetireLimits } from './limits.ts'
import type { BeginningPhase } from './plan.ts'

/** What an account's owners ask of its rotations. */
export interface Policy {
  readonly limits: Limits
  /**
   * Who must be in the fleet: the members named, or nobody by an operator's written word.
   * An empty fleet blocks unless the policy says that there is none.
   */
  readonly fleet:
    | {
        readonly is: 'members'
        readonly names: readonly string[]
        /** Members joined at the least, named or not; `0` where absent. */
        readonly atLeast?: number
      }
    | { readonly is: 'none'; readonly acceptedBy: string; readonly reason: string }
  /**
   * What says who is expected, whatever they are called, and who is proven dead; or somebody's
   * written acceptance that operators do. Absent: operators do.
   */
  readonly platform?:
    | {
        readonly is: 'kubernetes' | 'command'
        /** What it said longer ago, in ms of observed time, says nothing of now. */
        readonly ageMsMax: number
      }
    | { readonly is: 'none'; readonly acceptedBy: string; readonly reason: string }
  /** What sees strays: Azure's evidence, or somebody's written acceptance that nothing does. */
  readonly evidence:
    | { readonly is: 'none'; readonly acceptedBy: string; readonly reason: string }
    | ({ readonly is: 'azure' } & EvidenceLimits)
  /** Somebody other than the starter has to approve before these phases. */
  readonly approval?: {
    readonly before: readonly BeginningPhase[]
    /** Who may. */
    readonly by: readonly string[]
  }
  /** Whether nothing begins outside the maintenance windows that the calendar knows. */
  readonly keepsWindows?: boolean
  /** Who holds keys and is no member, and how it is known that they have moved. */
  readonly consumers?: readonly Consumer[]
  /**
   * What to do where Azure refuses because the key was used in the last 12 hours: heed it, which
   * is the default, or bypass it, once every check of ours has passed.
   */
  readonly azureRefusal?: 'heed' | 'bypass'
  readonly emergency?: EmergencyLimits
  readonly retire?: RetireLimits
}

/** A declared consumer: a Functions binding, a Data Factory, a monthly job. */
export interface Consumer {
  readonly name: string
  /** A hook that runs and succeeds, or an operator's word. */
  readonly by: 'hook' | 'operator'
}
