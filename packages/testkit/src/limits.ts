import type { Limits, Policy } from '@keyturn/core'

/** Small, round numbers, so that a test can count turns of a second. */
export const testLimits: Limits = {
  reportAgeMsMax: 30_000,
  fleetSettleMs: 10_000,
  sendWithinMs: 5_000,
  armSettleMs: 20_000,
  armPollMs: 1_000,
  armAgeMsMax: 30_000,
  vaultAgeMsMax: 30_000,
  attemptBackoffMs: 5_000,
  attemptsMax: 3,
  probesMin: 3,
  probeSpanMs: 5_000,
  probeEveryMs: 1_000,
  bakeMs: 60_000,
  quietMs: 20_000,
  turnMsMax: 5_000,
}

export const testPolicy = (names: readonly string[], limits: Partial<Limits> = {}): Policy => ({
  limits: { ...testLimits, ...limits },
  fleet: { is: 'members', names },
  evidence: { is: 'none', acceptedBy: 'the test', reason: 'there are no strays' },
})
