import { z } from 'zod'
import { memberStatusSchema } from '../operator.ts'
import { countSchema, fingerprintSchema, nameSchema, slotSchema } from '../words.ts'
import { numberInText } from './number-in-text.ts'

/** How far the fleet is, in numbers: whatever its size, it fits on one line. */
export const progressSchema = z.object({
  /** The newest version that was published; `null`: none. */
  version: countSchema.nullable(),
  /** Members that have joined. */
  members: countSchema,
  /** … of which every client holds that version. */
  acknowledged: countSchema,
  /** The key that a rotation takes away next, and how far the fleet has let go of it. */
  going: z
    .object({
      slot: slotSchema,
      fingerprint: fingerprintSchema,
      /** Members that have acknowledged the fence on it. */
      fenced: countSchema,
      /** … and have nothing in flight under it. */
      drained: countSchema,
      /** Requests in flight under it, as far as is known. */
      inFlight: countSchema,
    })
    .nullable(),
  clients: z.object({ attached: countSchema, lost: countSchema }),
})

export const fleetSchema = z.object({
  progress: progressSchema,
  members: z.array(memberStatusSchema),
  /** What `after` has to be for those who come next; `null`: these were the last. */
  next: z.string().nullable(),
})

export const fleetQuerySchema = z.strictObject({
  /** `next` of the page before. */
  after: z.string().max(256).optional(),
  limit: numberInText(1, 1000).default(1000),
  /** Only this one. */
  member: nameSchema.optional(),
})

export type Progress = z.infer<typeof progressSchema>
export type FleetAnswer = z.infer<typeof fleetSchema>
