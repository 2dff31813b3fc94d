import { z } from 'zod'
import { countSchema } from '../words.ts'
import { askerSchema } from './asker.ts'
import { numberInText } from './number-in-text.ts'

/** Something that was asked for and denied. */
export const denialSchema = z.object({
  wallTime: z.iso.datetime(),
  /** Of the problem, or of a refused verb's first blocker. */
  code: z.string(),
  /** Which operation of the API. */
  operation: z.string(),
  /** The account or the member that was asked about. */
  about: z.string().nullable(),
  verb: z.string().nullable(),
  /** What the journal would have called them; `null`: nobody was known. */
  name: z.string().nullable(),
  asked: askerSchema.nullable(),
  address: z.string(),
  /** Others before it that are not written: there were too many in that minute. */
  more: countSchema,
})

export const denialsSchema = z.object({
  /** The newest first: at most `limit` of the known, and as many of strangers. */
  denials: z.array(denialSchema),
})

export const denialsQuerySchema = z.strictObject({ limit: numberInText(1, 1000).default(100) })

export type Denial = z.infer<typeof denialSchema>
