import { beginningPhases, blockerCodes } from '@keyturn/core'
import { z } from 'zod'
import { askerSchema } from './api/asker.ts'
import { heldSchema, keyUsageSchema } from './usage.ts'
import {
  accountIdSchema,
  countSchema,
  fingerprintSchema,
  fingerprintsSchema,
  nameSchema,
  pairSchema,
  slotSchema,
} from './words.ts'

export const blockerSchema = z.object({
  code: z.enum(blockerCodes),
  sentence: z.string(),
  member: z.string().optional(),
  fingerprint: z.string().optional(),
  region: z.string().optional(),
  client: z.string().optional(),
  consumer: z.string().optional(),
  /** In so many milliseconds it goes by itself, as far as is known. */
  passesInMs: countSchema.optional(),
})

export const memberStatusSchema = z.object({
  name: nameSchema,
  incarnation: z.string(),
  standing: z.enum(['joined', 'gone', 'replaced', 'evicted', 'dead']),
  reportedMsAgo: countSchema,
  source: z.string(),
  held: heldSchema.nullable(),
  acknowledged: heldSchema.nullable(),
  proven: z.array(fingerprintSchema),
  usage: z.array(keyUsageSchema),
  clients: z.object({ attached: countSchema, lost: z.array(z.string()) }),
  /** Whether its state survives a restart; absent: a coordinator that does not say. */
  durable: z.boolean().optional(),
  /** The version of Keyturn that it runs; absent: it does not say. */
  release: z.string().optional(),
  /** The pod that it runs in, where it says so. */
  pod: z
    .object({
      name: z.string(),
      uid: z.string(),
      namespace: z.string(),
      node: z.string().optional(),
    })
    .optional(),
})

/** Whether anything sees those who are not in the fleet, and what it last said. */
export const evidenceSchema = z.union([
  z.object({ is: z.literal('none'), acceptedBy: z.string(), reason: z.string() }),
  z.object({
    is: z.literal('azure'),
    /** When Azure was asked last; `null`: never since the coordinator started. */
    readMsAgo: countSchema.nullable(),
    /** Of each key, on Azure's clock; `null`: no recorded use. */
    lastUse: z.object({
      primary: z.iso.datetime().nullable(),
      secondary: z.iso.datetime().nullable(),
    }),
    error: z.string().nullable(),
  }),
])

export const planSchema = z.enum(['full', 'standby', 'active'])

const waiverSchema = z.object({
  code: z.enum(blockerCodes),
  slot: slotSchema,
  member: z.string().optional(),
  client: z.string().optional(),
  consumer: z.string().optional(),
  by: z.string(),
  reason: z.string(),
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
  plan: planSchema.optional(),
  /** A key that is known to have leaked. */
  emergency: z.object({ slot: slotSchema, by: z.string(), reason: z.string() }).nullish(),
  waivers: z.array(waiverSchema).optional(),
  approvals: z.array(z.object({ phase: z.string(), by: z.string() })).optional(),
})

export const accountStatusSchema = z.object({
  name: nameSchema,
  account: accountIdSchema,
  endpoint: z.string(),
  /** Absent: `readWrite`. */
  pair: pairSchema.optional(),
  installation: z.string().nullable(),
  published: heldSchema.extend({ confirmed: z.boolean() }).nullable(),
  rotation: rotationStatusSchema.nullable(),
  blockers: z.array(blockerSchema),
  members: z.array(memberStatusSchema),
  evidence: evidenceSchema.optional(),
  /** On the road to no keys at all. */
  retirement: z.enum(['asked', 'intended', 'done']).nullish(),
})

/** What a rotation would do, and what would hold it now. */
export const dryRunSchema = z.object({
  /** `null`: it would be refused, as the blockers say. */
  plan: planSchema.nullable(),
  turns: z.array(slotSchema),
  /** Where it would be refused because a rotation runs: that one's, from its present phase on. */
  steps: z.array(
    z.object({
      phase: z.string(),
      does: z.string(),
      approval: z.boolean(),
      estimateMs: countSchema,
      basis: z.enum(['history', 'limits']),
    }),
  ),
  estimateMs: countSchema,
  blockers: z.array(blockerSchema),
  asks: z.array(z.string()),
})

export type DryRunAnswer = z.infer<typeof dryRunSchema>

export const dryRunQuerySchema = z.strictObject({
  slot: slotSchema.optional(),
  emergency: z.stringbool().optional(),
})

export const retireCheckSchema = z.object({ blockers: z.array(blockerSchema) })

export type AccountStatus = z.infer<typeof accountStatusSchema>
export type MemberStatus = z.infer<typeof memberStatusSchema>
export type RotationStatus = z.infer<typeof rotationStatusSchema>

/** A reason is kept and shown for ever: whoever pastes the leaked key into it leaks it again. */
const holdsKey = (text: string): boolean => /[A-Za-z0-9+/_-]{80}/.test(text)

/** Terminals show it: nothing in it moves a cursor, or turns what is read around. */
const isPlain = (text: string): boolean =>
  !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text)

const reasonSchema = z
  .string()
  .min(1, 'say why: it goes into the journal')
  .max(1000, 'has to be 1000 characters at the most')
  .refine(isPlain, 'must be one line of plain text')
  .refine(reason => !holdsKey(reason), 'looks like a key: name it by its fingerprint')

export const verbRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('adopt'), takeOver: z.boolean().default(false) }),
  z.strictObject({
    verb: z.literal('rotate'),
    reason: reasonSchema,
    slot: slotSchema.optional(),
    emergency: z.boolean().optional(),
  }),
  z.strictObject({ verb: z.literal('approve'), phase: z.enum(beginningPhases).optional() }),
  z.strictObject({
    verb: z.literal('waive'),
    reason: reasonSchema,
    code: z.enum(blockerCodes),
    member: nameSchema.optional(),
    client: z.string().min(1).max(256).optional(),
    consumer: nameSchema.optional(),
  }),
  z.strictObject({ verb: z.literal('acknowledge'), reason: reasonSchema, consumer: nameSchema }),
  z.strictObject({
    verb: z.literal('retire'),
    reason: reasonSchema,
    /** The second word. */
    confirm: z.boolean().default(false),
  }),
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
  event: z.looseObject({ type: z.string(), asked: askerSchema.optional() }),
})

export type HistoryEntry = z.infer<typeof historyEntrySchema>
