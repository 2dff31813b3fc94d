import { z } from 'zod'
import { accountStatusSchema, blockerSchema, historyEntrySchema } from '../operator.ts'
import { countSchema } from '../words.ts'
import { progressSchema } from './fleet.ts'

/** An account without what grows with its fleet, members and blockers, and without evidence. */
export const summarySchema = accountStatusSchema.omit({
  members: true,
  blockers: true,
  evidence: true,
})

/** What the gate in the way says now. A fleet may give thousands: the first hundred stand here. */
export const blockersSchema = z.object({
  count: countSchema,
  blockers: z.array(blockerSchema),
})

/**
 * What `GET /v1/accounts/{name}/events` sends, by the name of the event. Only `journal` is a
 * thing that happened, one entry each. The others say how things are: they are sent at the
 * beginning and whenever they change, so whoever was away has missed nothing.
 *
 * The `id` of an event is the journal's revision up to which everything was sent; a client that
 * presents it as `last-event-id` is sent the entries after it first.
 */
export const accountEvents = {
  journal: historyEntrySchema,
  status: summarySchema,
  blockers: blockersSchema,
  progress: progressSchema,
} as const

export type AccountEvents = {
  [K in keyof typeof accountEvents]: z.infer<(typeof accountEvents)[K]>
}
export type AccountEventName = keyof AccountEvents

/** One of them, as a client's function hands it on. */
export type AccountEvent = {
  [K in AccountEventName]: {
    readonly is: K
    readonly revision: number
    readonly data: AccountEvents[K]
  }
}[AccountEventName]

export type AccountSummary = z.infer<typeof summarySchema>
export type Blocked = z.infer<typeof blockersSchema>
