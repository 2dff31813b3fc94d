import { z } from 'zod'
import { countSchema, fingerprintSchema, fingerprintsSchema, slotSchema } from './words.ts'

/** What one process knows of one key: counts since it started, spans on its monotonic clock. */
export const keyUsageSchema = z.strictObject({
  fingerprint: fingerprintSchema,
  inFlight: countSchema,
  total: countSchema,
  /** Milliseconds since the last attempt signed with it ended or began; `null`: never used. */
  idleMs: z.number().min(0).nullable(),
})

/** A regional endpoint that proved to refuse a key (PROTOCOL: an ambiguous 401 proves nothing). */
export const refusalSchema = z.strictObject({
  fingerprint: fingerprintSchema,
  endpoint: z.string(),
  forMs: z.number().min(0),
})

/** Which keyset a process holds, without its keys. */
export const heldSchema = z.strictObject({
  version: countSchema,
  fingerprints: fingerprintsSchema,
  active: slotSchema,
  fenced: z.array(slotSchema),
})

/**
 * A client's one sample: the keyset held and every count, taken in one synchronous step,
 * so that "drained" can be said only together with a version that fences the key.
 */
export const clientUsageSchema = z.strictObject({
  /** Grows by one with each sample of this client; a late, smaller one is dropped. */
  sequence: countSchema,
  held: heldSchema.nullable(),
  usage: z.array(keyUsageSchema).max(16),
  refused: z.array(refusalSchema).max(64),
})

export type KeyUsage = z.infer<typeof keyUsageSchema>
export type Refusal = z.infer<typeof refusalSchema>
export type Held = z.infer<typeof heldSchema>
export type ClientUsage = z.infer<typeof clientUsageSchema>
