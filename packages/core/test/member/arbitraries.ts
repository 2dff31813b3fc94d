import { type Client, type Fingerprint, fingerprintOf, type Held, type Sample } from '@keyturn/core'
import fc from 'fast-check'

/** Fingerprints that a reader can tell apart: k1, k2, … in hex. */
export const key = (number: number): Fingerprint =>
  fingerprintOf(String(number), () => `${number}`.padStart(16, '0').padEnd(64, '0'))

export const held = (version: number, change: Partial<Held> = {}): Held => ({
  version,
  fingerprints: { primary: key(1), secondary: key(2) },
  active: 'primary',
  fenced: [],
  ...change,
})

export const sample = (sequence: number, change: Partial<Sample> = {}): Sample => ({
  sequence,
  held: null,
  usage: [],
  refused: [],
  ...change,
})

export const client = (id: string, change: Partial<Client> = {}): Client => ({
  id,
  name: 'app',
  pid: 1,
  presence: id,
  state: 'attached',
  sample: null,
  ...change,
})

const anyKey = fc.integer({ min: 1, max: 4 }).map(key)

export const anyHeld: fc.Arbitrary<Held> = fc
  .record({
    version: fc.integer({ min: 1, max: 3 }),
    primary: anyKey,
    secondary: anyKey,
    active: fc.constantFrom('primary' as const, 'secondary' as const),
    isFenced: fc.boolean(),
  })
  .map(({ version, primary, secondary, active, isFenced }) => ({
    version,
    fingerprints: { primary, secondary },
    active,
    fenced: isFenced ? [active === 'primary' ? ('secondary' as const) : ('primary' as const)] : [],
  }))

const anyUsage = fc.record({
  fingerprint: anyKey,
  inFlight: fc.integer({ min: 0, max: 2 }),
  total: fc.integer({ min: 0, max: 9 }),
  idleMs: fc.option(fc.integer({ min: 0, max: 1_000 })),
})

export const anySample: fc.Arbitrary<Sample> = fc.record({
  sequence: fc.integer({ min: 0, max: 5 }),
  held: fc.option(anyHeld),
  usage: fc.uniqueArray(anyUsage, { selector: ({ fingerprint }) => fingerprint, maxLength: 4 }),
  refused: fc.constant([]),
})

export const anyClients: fc.Arbitrary<readonly Client[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      state: fc.constantFrom('attached' as const, 'lost' as const),
      sample: fc.option(anySample),
    })
    .map(({ id, state, sample: last }) => client(id, { state, sample: last })),
  { selector: ({ id }) => id, maxLength: 4 },
)

export const anyProven = fc.uniqueArray(anyKey, { maxLength: 4 })
