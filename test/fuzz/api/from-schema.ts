import fc from 'fast-check'

/** What of JSON Schema a description uses. */
export interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

/** Values that a schema allows; `known` are tried for texts, so that some name what is there. */
export const valid = (schema: Schema, known: readonly string[]): fc.Arbitrary<unknown> => {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map(choice => valid(choice, known)))
  switch (schema.type) {
    case 'object':
      return object(schema, known)
    case 'array': {
      const maxLength = Math.min(schema.maxItems ?? 3, 3)
      return fc.array(valid(schema.items ?? {}, known), { maxLength })
    }
    case 'integer':
    case 'number':
      return whole(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return text(schema, known)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

const object = ({ properties = {}, required = [] }: Schema, known: readonly string[]) =>
  fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, valid(each, known)]),
    ),
    { requiredKeys: [...required] },
  )

const whole = ({ minimum = 0, maximum = 1_000_000 }: Schema) => {
  const max = Math.max(minimum, Math.min(maximum, 1_000_000))
  return fc.oneof(fc.constantFrom(minimum, max), fc.integer({ min: minimum, max }))
}

const text = ({ pattern, minLength = 0, maxLength = 40 }: Schema, known: readonly string[]) => {
  const matches = pattern === undefined ? null : new RegExp(pattern)
  const named = known.filter(each => matches?.test(each) ?? true)
  const free = matches ? fc.stringMatching(matches) : fc.string({ minLength, maxLength })
  return named.length === 0
    ? free
    : fc.oneof({ arbitrary: fc.constantFrom(...named), weight: 9 }, { arbitrary: free, weight: 1 })
}

/** Values that are near a valid one, and most often none. */
export const broken = (schema: Schema, known: readonly string[]): fc.Arbitrary<unknown> => {
  const near = fc.tuple(valid(schema, known), fc.nat(), junk, fc.nat(3)).map(spoilt)
  return fc.oneof({ arbitrary: near, weight: 4 }, { arbitrary: junk, weight: 1 })
}

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 1e308, 0.5, '', '__proto__', [], {}, { verb: {} }, 'x'.repeat(3_000)),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

/** One field is dropped, replaced, or added. */
const spoilt = ([value, at, instead, how]: [unknown, number, unknown, number]): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return instead
  const names = Object.keys(value)
  const name = names[at % Math.max(1, names.length)]
  if (name === undefined || how === 0) return { ...value, [`more-${at}`]: instead }
  if (how === 1) return Object.fromEntries(Object.entries(value).filter(([each]) => each !== name))
  const inner: unknown = Reflect.get(value, name)
  const isDeep = typeof inner === 'object' && inner !== null && how === 2
  return { ...value, [name]: isDeep ? spoilt([inner, at, instead, 3]) : instead }
}
