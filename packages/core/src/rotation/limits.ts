/** Every bound of a rotation, with its unit and its reason. A policy may set its own. */
export interface Limits {
  /** A member silent for longer is unknown. A report is held for a third of it at the most. */
  readonly reportAgeMsMax: number
  /**
   * Gates open only so long after the coordinator became reachable: at least every sidecar's
   * join wait (10 s) and its longest back-off (5 s), so that whoever serves has joined (P9).
   * Three times that: a slow start must not make a member late.
   */
  readonly fleetSettleMs: number
  /** A POST to ARM is aborted after this: ARM answers in seconds, a lease outlives it (P1). */
  readonly sendWithinMs: number
  /** After `sendBefore`, how long a sent request may still reach ARM: TCP gives up sooner (P1). */
  readonly armSettleMs: number
  /** Between two looks at a running operation; ARM allows 500 reads in 5 minutes an account. */
  readonly armPollMs: number
  /** How old a look at ARM may be where none is demanded at once: a human in the portal. */
  readonly armAgeMsMax: number
  /** How old a look at Key Vault may be where none is demanded at once. */
  readonly vaultAgeMsMax: number
  /** Wait before another attempt, times the number of attempts so far (`attemptsMax` at most). */
  readonly attemptBackoffMs: number
  /** Attempts before an operator has to look, where the rotation can still be aborted. */
  readonly attemptsMax: number
  /** Accepted probes in a row and region before a new key counts as live everywhere. */
  readonly probesMin: number
  /** … over at least this span: Azure says that a key needs minutes to spread. */
  readonly probeSpanMs: number
  /** Between two probes of a key. */
  readonly probeEveryMs: number
  /** Real traffic on the new key before the former one is touched. */
  readonly bakeMs: number
  /** The former key unused by every member for this long before it is fenced. */
  readonly quietMs: number
  /** The most that one turn of the loop adds to observed time: a clock's jump ends nothing (P18). */
  readonly turnMsMax: number
}

export const defaultLimits: Limits = {
  reportAgeMsMax: 45_000,
  fleetSettleMs: 45_000,
  sendWithinMs: 30_000,
  armSettleMs: 120_000,
  armPollMs: 5_000,
  armAgeMsMax: 60_000,
  vaultAgeMsMax: 30_000,
  attemptBackoffMs: 30_000,
  attemptsMax: 10,
  probesMin: 10,
  probeSpanMs: 120_000,
  probeEveryMs: 5_000,
  bakeMs: 900_000,
  quietMs: 300_000,
  turnMsMax: 5_000,
}

/** A leaked key (PROTOCOL, P5): everything as fast as the fleet can. Never slower than `Limits`. */
export interface EmergencyLimits {
  /**
   * How long a check that guards the leaked key's users may hold a phase, in ms: a report's age
   * and a quarter more, so that whoever lives has been heard. Then it is waived, and journalled.
   */
  readonly deadlineMs: number
  /** The key that takes over is no new one: a second lets every member report a refusal. */
  readonly bakeMs: number
  /** The key that carries everything stays open as well: two accepted probes a region … */
  readonly probesMin: number
  /** … a second apart show that it is live; a region that lags holds only what follows. */
  readonly probeSpanMs: number
  readonly probeEveryMs: number
  /**
   * Two looks a second, of three reads each, for the first seconds; an operation that runs longer
   * is looked at less often, or ARM's 500 reads in 5 minutes an account would not last.
   */
  readonly armPollMs: number
  /** An attempt that ARM refused is repeated soon: another operation holds the account's lock. */
  readonly attemptBackoffMs: number
  /** A hook that failed is run again soon. */
  readonly hookRetryMs: number
}

export const defaultEmergencyLimits: EmergencyLimits = {
  deadlineMs: 60_000,
  bakeMs: 1_000,
  probesMin: 2,
  probeSpanMs: 1_000,
  probeEveryMs: 1_000,
  armPollMs: 500,
  attemptBackoffMs: 5_000,
  hookRetryMs: 5_000,
}

/** How Azure's evidence of a key's last use is read: approximate, with a lag nobody documents. */
export interface EvidenceLimits {
  /** Evidence counts once it was read so long after the fence's last acknowledgement, in ms. */
  readonly lagMs: number
  /** A stray that used the key behind the fence has stopped once it was silent for so long. */
  readonly strayQuietMs: number
  /** Between two looks: a read of the account, of the 500 in 5 minutes. */
  readonly pollMs: number
}

export const defaultEvidenceLimits: EvidenceLimits = {
  // Azure's metrics arrive within minutes; its activity within 15 as a rule.
  lagMs: 900_000,
  // Azure's own measure of a key in use, in its check before regenerating.
  strayQuietMs: 43_200_000,
  pollMs: 60_000,
}

/** Azure refuses to regenerate a key that was used in the last 12 hours, where asked to check. */
export const azureRefusesMs = 43_200_000

/** A hook that failed is run again after a minute: whatever it needs may be restarting. */
export const hookRetryMs = 60_000

/**
 * Who has left the fleet is forgotten 30 days of observed time after their last report: far beyond
 * any report that is on its way, and long enough to ask who was there at the last rotation.
 */
export const forgetMs = 2_592_000_000

/** What a regeneration takes where an account has no history: one empty region, as recorded. */
export const regenerationMsTypical = 90_000

/** Proving that no key of an account is in use by anybody, before key authentication ends. */
export interface RetireLimits {
  /** No use of any key for so long: the longest month and four days, so that a monthly job shows. */
  readonly quietMs: number
  /** The second word has to follow the first within this: what was shown is still true. */
  readonly confirmWithinMs: number
}

export const defaultRetireLimits: RetireLimits = {
  quietMs: 3_024_000_000,
  confirmWithinMs: 600_000,
}
