import * as sdk from '@azure/cosmos'

/** A class of the SDK whose members a caller may use. */
export interface Surface {
  readonly name: string
  readonly prototype: object
  readonly members: readonly string[]
}

const surfaceOf = (name: string, prototype: object): Surface => ({
  name,
  prototype,
  members: Object.getOwnPropertyNames(prototype).filter(member => member !== 'constructor'),
})

/** The iterator of the newer change feed is no export: found by what the SDK returns. */
const changeFeed = (): Surface => {
  const client = new sdk.CosmosClient({ endpoint: 'https://account.example', key: 'a2V5' })
  const iterator = client.database('d').container('c').items.getChangeFeedIterator()
  client.dispose()
  const prototype = Reflect.getPrototypeOf(iterator)
  if (prototype === null) throw new Error('an iterator has no class')
  return surfaceOf(prototype.constructor.name, prototype)
}

/** Every class that the SDK exports, walked at runtime, with its own methods and getters. */
export const surfaces = (): readonly Surface[] => {
  const exported = Object.entries(sdk).flatMap(([name, value]) =>
    typeof value === 'function' && typeof value.prototype === 'object'
      ? [surfaceOf(name, value.prototype)]
      : [],
  )
  return [...exported, changeFeed()].filter(({ members }) => members.length > 0)
}

/** Every member of those classes, as `Class.member`. */
export const membersOf = (all: readonly Surface[]): ReadonlySet<string> =>
  new Set(all.flatMap(({ name, members }) => members.map(member => `${name}.${member}`)))

/**
 * Sees which members are used while it runs: a row must really call what it is named for.
 * @returns an end, which restores the SDK.
 */
export const watch = (seen: (member: string) => void): (() => void) => {
  const restore: (() => void)[] = []
  for (const { name, prototype, members } of surfaces())
    for (const member of members) {
      const before = Object.getOwnPropertyDescriptor(prototype, member)
      if (before === undefined || before.configurable !== true) continue
      const watched = watching(before, () => seen(`${name}.${member}`))
      Object.defineProperty(prototype, member, watched)
      restore.push(() => Object.defineProperty(prototype, member, before))
    }
  return () => {
    for (const each of restore) each()
  }
}

const watching = (before: PropertyDescriptor, see: () => void): PropertyDescriptor => {
  const { get, value } = before
  if (get !== undefined)
    return {
      ...before,
      get(this: unknown) {
        see()
        return Reflect.apply(get, this, [])
      },
    }
  if (typeof value !== 'function') return before
  return {
    ...before,
    value(this: unknown, ...args: unknown[]) {
      see()
      return Reflect.apply(value, this, args)
    },
  }
}
