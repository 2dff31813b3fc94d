import { z } from 'zod'
import { rotationStatusSchema } from '../operator.ts'
import { countSchema } from '../words.ts'
import { numberInText, revisionInText } from './number-in-text.ts'

export const historyQuerySchema = z.strictObject({
  /** The revision before the first entry. */
  after: revisionInText.default(0),
  limit: numberInText(1, 1000).default(1000),
})

/** A rotation with its place in time, for a list of them. */
export const pastRotationSchema = rotationStatusSchema.extend({
  startedAt: z.iso.datetime(),
  /** `null`: it is running. */
  endedAt: z.iso.datetime().nullable(),
  /** The journal's revision of its first event. */
  revision: countSchema,
})

export const rotationsSchema = z.object({
  /** The newest first. */
  rotations: z.array(pastRotationSchema),
})

export const rotationsQuerySchema = z.strictObject({
  limit: numberInText(1, 100).default(20),
})

export const eventsQuerySchema = z.strictObject({
  /** Entries after this revision first; without it, and without `last-event-id`: only new ones. */
  after: revisionInText.optional(),
})

export type PastRotation = z.infer<typeof pastRotationSchema>
