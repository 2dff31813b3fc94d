import * as sdk from '@azure/cosmos'

/** What leads back to the client itself: described by where it leads, not by what it holds. */
const references: readonly (abstract new (...args: never[]) => object)[] = [
  ...[sdk.CosmosClient, sdk.Database, sdk.Databases, sdk.Container, sdk.Containers],
  ...[sdk.Item, sdk.Items, sdk.Offer, sdk.Offers, sdk.User, sdk.Users],
  ...[sdk.Permission, sdk.Permissions, sdk.Conflict, sdk.Conflicts],
  ...[sdk.Scripts, sdk.StoredProcedure, sdk.StoredProcedures, sdk.Trigger, sdk.Triggers],
  ...[sdk.UserDefinedFunction, sdk.UserDefinedFunctions, sdk.QueryIterator],
]

const isReference = (value: object): boolean => references.some(each => value instanceof each)

/** Own members and the getters of its class: both are what a caller can read. */
const members = (value: object): ReadonlyMap<string, unknown> => {
  const found = new Map<string, unknown>(
    Object.getOwnPropertyNames(value).map(name => [name, Reflect.get(value, name)]),
  )
  for (
    let proto: object | null = Reflect.getPrototypeOf(value);
    proto !== null && proto !== Object.prototype && proto !== Error.prototype;
    proto = Reflect.getPrototypeOf(proto)
  )
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(proto)))
      if (get !== undefined) found.set(name, Reflect.apply(get, value, []))
  return found
}

/** Everything that a caller can see of an answer, as plain data; classes by their names. */
export const describe = (value: unknown, within: readonly object[] = []): unknown => {
  if (value === undefined) return '<undefined>'
  if (typeof value === 'function') return '<function>'
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (within.includes(value)) return '<circle>'
  const inside = [...within, value]
  if (Array.isArray(value)) return value.map(each => describe(each, inside))
  const kind = value.constructor?.name ?? 'null'
  if (isReference(value)) return `<${kind} ${String(Reflect.get(value, 'url') ?? '')}>`
  if (ArrayBuffer.isView(value)) return `<${kind} of ${value.byteLength}>`
  if (value instanceof Map) return { '<Map>': describe([...value], inside) }
  const described: Record<string, unknown> = kind === 'Object' ? {} : { '<class>': kind }
  for (const [name, member] of members(value)) {
    // Where an error was made is no part of it.
    if (name !== 'stack') described[name] = describe(member, inside)
  }
  return described
}
