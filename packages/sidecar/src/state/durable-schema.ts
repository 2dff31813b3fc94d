import type { ClientIdentity, DurableState, Held, Identity, Subject } from '@keyturn/core'
import { clientAttachSchema, heldSchema, nameSchema, pairSchema } from '@keyturn/protocol'

/** What the state file says of itself. */
export const stateSchemaName = 'keyturn/sidecar-state/v1'

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('not an object')
  }
  return Object.fromEntries(Object.entries(value))
}

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError('not a text')
  return value
}

const count = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError('not a count')
  }
  return value
}

const identity = (value: unknown): Identity => {
  const { incarnation, previousIncarnation, confirmed, starts } = fieldsOf(value)
  return {
    incarnation: text(incarnation),
    previousIncarnation: previousIncarnation === null ? null : text(previousIncarnation),
    confirmed: confirmed === true,
    starts: count(starts),
  }
}

const subject = (value: unknown): Subject => {
  const { account, pair } = fieldsOf(value)
  return { account: text(account), pair: pairSchema.parse(pair) }
}

const client = (value: unknown): ClientIdentity => {
  const { id, ...rest } = fieldsOf(value)
  return { id: nameSchema.parse(id), ...clientAttachSchema.parse(rest) }
}

const held = (value: unknown): Held => heldSchema.parse(value)

const orNull = <T>(value: unknown, parse: (value: unknown) => T): T | null =>
  value === null ? null : parse(value)

/** @throws Where the text is not a state that this version wrote. */
export const parseDurable = (json: string): DurableState => {
  const fields = fieldsOf(JSON.parse(json))
  if (fields['schema'] !== stateSchemaName) throw new TypeError('another schema')
  const clients = fields['clients']
  if (!Array.isArray(clients)) throw new TypeError('clients is not a list')
  return {
    identity: identity(fields['identity']),
    subject: orNull(fields['subject'], subject),
    clients: clients.map(client),
    acknowledged: orNull(fields['acknowledged'], held),
    floor: count(fields['floor']),
  }
}

export const printDurable = (state: DurableState): string =>
  `${JSON.stringify({ schema: stateSchemaName, ...state }, null, 2)}\n`
