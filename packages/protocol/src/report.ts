import { z } from 'zod'
import { podSchema } from './pod.ts'
import { heldSchema, keyUsageSchema, refusalSchema } from './usage.ts'
import { accountIdSchema, countSchema, fingerprintSchema, nameSchema, pairSchema } from './words.ts'

/** What a member says of itself is shown on operators' terminals: nothing in it moves a cursor. */
const wordSchema = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be one word, at most 64')

/**
 * What a member says of one account and pair: `POST /v1/members/{name}/reports`.
 * The coordinator holds the request until there is something to announce, or `holdMs` is over.
 */
export const reportSchema = z.strictObject({
  incarnation: wordSchema,
  /** Of the durable state it continues; a new incarnation replaces the old one only with it. */
  previousIncarnation: wordSchema.nullable(),
  /** Grows with each report of an incarnation; a process that continues one leaves a gap. */
  sequence: countSchema,
  account: accountIdSchema,
  pair: pairSchema,
  source: z.strictObject({
    kind: z.enum(['keyVault', 'files', 'sidecar', 'fixed']),
    /** The longest that this source may serve an old keyset, in ms. Key Vault: 0. */
    stalenessMsMax: countSchema,
    /** Since the source last answered, in ms; `null`: it never did. */
    ageMs: z.number().min(0).nullable(),
  }),
  /** Whether its state survives a restart. */
  durable: z.boolean(),
  /** What its own ring holds. */
  held: heldSchema.nullable(),
  /** What every client attached to it holds; `null` while any client is behind or unknown. */
  acknowledged: heldSchema.nullable(),
  /** Keys that its own probe found accepted in every region, from where it stands. */
  proven: z.array(fingerprintSchema).max(16),
  /** Summed over clients; in flight at the least one for every client that is unknown. */
  usage: z.array(keyUsageSchema).max(16),
  refused: z.array(refusalSchema).max(64),
  clients: z.strictObject({
    attached: countSchema,
    /** Vanished without a goodbye or a proof of death, or not heard since a restart: by name. */
    lost: z.array(nameSchema).max(1000),
  }),
  /** Whether this is the last report: every client is gone and the process ends. */
  goodbye: z.boolean(),
  /** How long the answer may be held when nothing is new, in ms. */
  holdMs: z.int().min(0).max(60_000),
  /** The newest version that the member knows to be announced: no need to announce it again. */
  knownVersion: countSchema,
  /**
   * The newest keyset that one of its clients holds, or that it once acknowledged, and that it
   * does not hold itself though it is not older. No ring goes back: versions continue above it.
   */
  ahead: heldSchema.nullable().optional(),
  /** Below this version it serves nothing. */
  floor: countSchema.optional(),
  /** The pod that it runs in; absent elsewhere. */
  pod: podSchema.optional(),
  /** The version of Keyturn that it runs; absent: one before they said so. */
  release: wordSchema.optional(),
})

export const reportAnswerSchema = z.strictObject({
  /** Below this version the member serves nothing: it waits for its source. `0`: no floor. */
  floor: countSchema,
  /** A newer version stands in the source; read it within `spreadMs`, each at its own moment. */
  announced: z.strictObject({ version: countSchema, spreadMs: countSchema }).nullable(),
})

export type Report = z.infer<typeof reportSchema>
export type ReportAnswer = z.infer<typeof reportAnswerSchema>
