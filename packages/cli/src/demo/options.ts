/** What the demo was asked for. */
export interface DemoOptions {
  readonly seed: number
  readonly json: boolean
  readonly faults: boolean
  readonly withoutKeyturn: boolean
  /** Keep logs, journal and state there instead of in a folder that is removed. */
  readonly keep: string | null
  /** The demo's own where absent. */
  readonly pace?: Pace
}

/** How long and how hard the load is. */
export interface Pace {
  /** Load before anything is timed, in ms. */
  readonly warmUpMs: number
  /** Load before and after the rotation, in ms. */
  readonly calmMs: number
  /** Operations at once, in each application. */
  readonly workers: number
}

/** Three applications, each with so many operations at once. */
export const applications = 3
export const workersPerApplication = 32

/** Load before anything is timed, in ms. */
export const warmUpMs = 5_000

/** Load before and after the rotation, in ms. */
export const calmMs = 4_000

export const demoPace: Pace = { warmUpMs, calmMs, workers: workersPerApplication }

/** The secret that holds the keyset; and the one that plain clients read their key from. */
export const keysetSecret = 'cosmos-keyset'
export const plainSecret = 'cosmos-key'

export const accountName = 'demo'

export const memberNames = Array.from(
  { length: applications },
  (_, index) => `sidecar-${index + 1}`,
)
export const applicationNames = Array.from(
  { length: applications },
  (_, index) => `application-${index + 1}`,
)

export const workerNames = (workers = workersPerApplication) =>
  applicationNames.flatMap(name =>
    Array.from({ length: workers }, (_, index) => `${name}.${index}`),
  )

/** A demo has seconds where production has minutes; the rules are the same. */
export const demoLimits = {
  reportAgeMsMax: 10_000,
  // The sidecars’ join wait of 3 s and their longest back-off of 5 s.
  fleetSettleMs: 8_000,
  sendWithinMs: 3_000,
  armSettleMs: 4_000,
  armPollMs: 250,
  armAgeMsMax: 10_000,
  vaultAgeMsMax: 5_000,
  attemptBackoffMs: 1_000,
  probesMin: 5,
  probeSpanMs: 2_000,
  probeEveryMs: 250,
  bakeMs: 4_000,
  quietMs: 2_000,
}

/** How a regeneration goes in the demo: a minute's worth of Azure in a few seconds. */
export const calmRegeneration = {
  durationMs: [1_500, 3_000],
  spreadMs: 500,
  gapMs: 400,
  overlapMs: 400,
}

export const roughRegeneration = {
  durationMs: [1_500, 4_000],
  spreadMs: 1_500,
  gapMs: 1_200,
  overlapMs: 1_200,
  flaps: 2,
  flapMs: 300,
}

export const roughWeather = {
  vault: { slowRate: 0.5, slowMs: [100, 800], throttleRate: 0.05, retryAfterSeconds: 1 },
  arm: { slowRate: 0.3, slowMs: [50, 400], errorRate: 0.03, lostRate: 0.03 },
  cosmos: {
    throttle: 0.01,
    resetBefore: 0.001,
    resetAfter: 0.001,
    slow: { rate: 0.01, ms: [20, 200] },
    unavailable: 0.001,
  },
}
