import { z } from 'zod'

const percentiles = z.strictObject({ p50: z.number().positive(), p99: z.number().positive() })
const counted = z.int().min(0)
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/)
const fingerprints = z.strictObject({ primary: fingerprint, secondary: fingerprint })
const phase = z.strictObject({ name: z.string().min(1), seconds: z.number().min(0) })

/** What `npm start -- --json` promises to whoever reads it by a program. */
export const reportSchema = z.object({
  mode: z.enum(['keyturn', 'without-keyturn']),
  operations: counted,
  failed: counted,
  failedByRotation: counted,
  healed401: counted,
  failed401: counted,
  regenerateCalls: counted,
  seconds: z.number().positive(),
  byOperation: z.record(z.string(), counted),
  rotation: z.object({ status: z.string(), phases: z.array(phase).min(1) }),
  fingerprints: z.strictObject({ before: fingerprints, after: fingerprints }),
  oldKeysRefused: z.boolean(),
  latencyMs: z.strictObject({ before: percentiles, during: percentiles, after: percentiles }),
  seed: z.int(),
  failures: z.array(z.looseObject({ code: z.string(), stage: z.string() })),
})

export type Report = z.infer<typeof reportSchema>
