import type { Limits } from './limits.ts'

/** What an account's owners ask of its rotations. */
export interface Policy {
  readonly limits: Limits
  /**
   * Who must be in the fleet: the members named, or nobody by an operator's written word.
   * An empty fleet blocks unless the policy says that there is none.
   */
  readonly fleet:
    | { readonly is: 'members'; readonly names: readonly string[] }
    | { readonly is: 'none'; readonly acceptedBy: string; readonly reason: string }
  /** What sees strays: Azure's evidence, or somebody's written acceptance that nothing does. */
  readonly evidence: {
    readonly is: 'none'
    readonly acceptedBy: string
    readonly reason: string
  }
}
