import type { Fingerprint } from '../fingerprint.ts'

/**
 * One intent to regenerate, journalled before anything is sent (PROTOCOL, P1).
 * Settled means: it can no longer take effect.
 */
export interface Attempt {
  /** 1, 2, … within its phase. */
  readonly number: number
  readonly epoch: number
  readonly oldFingerprint: Fingerprint
  /** Compared for change only; `null` where ARM does not say. */
  readonly oldGenerationTime: string | null
  /** The POST is aborted at this instant, on observed time. */
  readonly sendBefore: number
  readonly outcome: Outcome
}

export type Outcome =
  /** Recorded, perhaps sent, no answer seen. */
  | { readonly is: 'unknown' }
  /** ARM follows it under `operation`, which survives a restart of whoever asks. */
  | { readonly is: 'accepted'; readonly operation: string }
  | {
      readonly is: 'settled'
      readonly why: SettledWhy
      readonly at: number
      /** ARM's own words where it refused. */
      readonly detail: string | null
      readonly because?: 'recently-used' | undefined
    }

/** `ended`: its own operation ended. `expired`: too late to be delivered, account idle. */
export type SettledWhy = 'ended' | 'failed' | 'refused' | 'expired'

export const isSettled = (attempt: Attempt): boolean => attempt.outcome.is === 'settled'

export const allSettled = (attempts: readonly Attempt[]): boolean => attempts.every(isSettled)

export const lastAttempt = (attempts: readonly Attempt[]): Attempt | null => attempts.at(-1) ?? null
