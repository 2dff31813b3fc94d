import { blockerCodes } from '@keyturn/core'
import { z } from 'zod'
import { heldSchema, keyUsageSchema } from './usage.ts'
import {
  accountIdSchema,
  countSchema,
  fingerprintSchema,
  fingerprintsSchema,
  nameSchema,
  slotSchema,
} from './words.ts'

/**
 * The coordinator's API for operators:
 *
 *   GET  /v1/accounts                    every account              accountStatusSchema[]
 *   GET  /v1/accounts/{name}             one account                accountStatusSchema
 *   POST /v1/accounts/{name}/verbs       ask for something          verbRequestSchema
 *   GET  /v1/accounts/{name}/history     the journal                historyEntrySchema[]
 *
 * A refused verb is a problem (409) with the code of its first blocker, and all `blockers`.
 */
export const blockerSchema = z.object({
  code: z.enum(blockerCodes),
  sentence: z.string(),
  member: z.string().optional(),
  fingerprint: z.string().optional(),
  region: z.string().optional(),
})

export const memberStatusSchema = z.object({
  name: nameSchema,
  incarnation: z.string(),
  standing: z.enum(['joined', 'gone', 'replaced', 'evicted']),
  reportedMsAgo: countSchema,
  source: z.string(),
  held: heldSchema.nullable(),
  acknowledged: heldSchema.nullable(),
  proven: z.array(fingerprintSchema),
  usage: z.array(keyUsageSchema),
  clients: z.object({ attached: countSchema, lost: z.array(z.string()) }),
})

export const rotationStatusSchema = z.object({
  id: z.string(),
  phase: z.string(),
  status: z.enum(['running', 'paused', 'completed', 'reverted']),
  by: z.string(),
  reason: z.string(),
  from: slotSchema,
  before: fingerprintsSchema,
  /** Each phase entered, with the time observed in it. */
  phases: z.array(z.object({ name: z.string(), ms: countSchema })),
})

export const accountStatusSchema = z.object({
  name: nameSchema,
  account: accountIdSchema,
  endpoint: z.string(),
  installation: z.string().nullable(),
  published: heldSchema.extend({ confirmed: z.boolean() }).nullable(),
  rotation: rotationStatusSchema.nullable(),
  blockers: z.array(blockerSchema),
  members: z.array(memberStatusSchema),
})

export type AccountStatus = z.infer<typeof accountStatusSchema>
export type MemberStatus = z.infer<typeof memberStatusSchema>
export type RotationStatus = z.infer<typeof rotationStatusSchema>

const reasonSchema = z.string().min(1).max(1000)

export const verbRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('adopt'), takeOver: z.boolean().default(false) }),
  z.strictObject({ verb: z.literal('rotate'), reason: reasonSchema }),
  z.strictObject({ verb: z.literal('pause'), reason: reasonSchema }),
  z.strictObject({ verb: z.literal('resume'), reason: reasonSchema }),
  z.strictObject({ verb: z.literal('abort'), reason: reasonSchema }),
  z.strictObject({ verb: z.literal('evict'), member: nameSchema, reason: reasonSchema }),
])

export type VerbRequest = z.input<typeof verbRequestSchema>

export const historyEntrySchema = z.object({
  revision: countSchema,
  epoch: countSchema,
  at: countSchema,
  wallTime: z.string(),
  event: z.looseObject({ type: z.string() }),
})

export type HistoryEntry = z.infer<typeof historyEntrySchema>
