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
