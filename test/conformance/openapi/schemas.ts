import { Ajv2019 } from 'ajv/dist/2019.js'
import { formats } from './formats.ts'

export type Json = Record<string, unknown>

/** Documents by the name that references give them: `secrets.json`, `common-types-v6.json`. */
export type Documents = Readonly<Record<string, Json>>

/** Complaints about a value under one schema: where in the body, and which rule. */
export type Complaints = readonly string[]

export interface Schemas {
  /** @param reference `file#/pointer`, each part of the pointer as it is written there */
  complaints(file: string, pointer: readonly string[], value: unknown): Complaints
}

/**
 * OpenAPI 2 documents as JSON schemas for answers. Objects are closed: a property that the document
 * does not know is a complaint, since a misspelt name would pass otherwise. A base type with a
 * discriminator stands for the type that the discriminator names.
 */
export const readSchemas = (documents: Documents): Schemas => {
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats, logger: false })
  for (const [file, document] of Object.entries(documents)) {
    ajv.addSchema(prepared(document, Object.keys(documents)), file)
  }
  return {
    complaints: (file, pointer, value) => {
      const reference = `${file}#/${pointer.map(pointerPart).join('/')}`
      const validate = ajv.getSchema(reference)
      if (validate === undefined) return [`there is no schema ${reference}`]
      validate(value)
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
      )
    },
  }
}

const pointerPart = (part: string): string =>
  encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))

/** What an `allOf` extends is left open, under a name of its own: only the whole is closed. */
const open = (name: string): string => `${name}~open`

const prepared = (source: Json, known: readonly string[]): Json => {
  const document = structuredClone(source)
  const definitions = (document['definitions'] ?? {}) as Record<string, Json>
  for (const [name, definition] of Object.entries(definitions)) {
    definitions[open(name)] = structuredClone(definition)
  }
  const heirs = heirsOf(definitions)
  for (const [name, definition] of Object.entries(definitions)) {
    closeWithin(definition)
    if (name.endsWith('~open')) continue
    const kinds = heirs.get(name)
    if (typeof definition['discriminator'] === 'string' && kinds !== undefined) {
      definitions[name] = discriminated(name, definition['discriminator'], kinds)
    } else close(definition)
  }
  walk(document, node => {
    for (const parent of listOf(node['allOf'])) parent['$ref'] = openReference(parent['$ref'])
    redirect(node, known)
    hideWhatIsNotRead(node)
  })
  return document
}

const close = (schema: Json): void => {
  const isObject = schema['properties'] !== undefined || schema['allOf'] !== undefined
  if (isObject) schema['type'] ??= 'object'
  if (isObject && schema['additionalProperties'] === undefined) {
    schema['unevaluatedProperties'] = false
  }
}

/** Objects that are written out where they are used. */
const closeWithin = (schema: Json): void => {
  const properties = Object.values((schema['properties'] ?? {}) as Record<string, Json>)
  for (const inner of [...properties, schema['items'] as Json, schema['additionalProperties']]) {
    if (typeof inner !== 'object' || inner === null) continue
    close(inner as Json)
    closeWithin(inner as Json)
  }
}

/** By base type: the types that extend it, with the value that names each. */
const heirsOf = (
  definitions: Record<string, Json>,
): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const heirs = new Map<string, Map<string, string>>()
  for (const [name, definition] of Object.entries(definitions)) {
    if (name.endsWith('~open')) continue
    for (const parent of listOf(definition['allOf'])) {
      const base = String(parent['$ref']).split('/').at(-1) ?? ''
      const value = String(definition['x-ms-discriminator-value'] ?? name)
      heirs.set(base, (heirs.get(base) ?? new Map<string, string>()).set(value, name))
    }
  }
  return heirs
}

const discriminated = (name: string, by: string, kinds: ReadonlyMap<string, string>): Json => ({
  type: 'object',
  required: [by],
  properties: { [by]: { enum: [...kinds.keys()] } },
  allOf: [...kinds].map(([value, kind]) => ({
    if: { required: [by], properties: { [by]: { const: value } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { $ref: `#/definitions/${kind}` },
  })),
  description: `any ${name}`,
})

const openReference = (reference: unknown): unknown =>
  typeof reference === 'string' &&
  reference.includes('/definitions/') &&
  !reference.endsWith('~open')
    ? open(reference)
    : reference

/** References lead to file names. What no document here tells, nobody may send. */
const redirect = (node: Json, known: readonly string[]): void => {
  const reference = node['$ref']
  if (typeof reference !== 'string' || reference.startsWith('#')) return
  const [path = '', pointer = ''] = reference.split('#')
  const version = /common-types\/resource-management\/(v\d)/.exec(path)?.[1]
  const name = version ? `common-types-${version}.json` : (path.split('/').at(-1) ?? '')
  if (known.includes(name)) node['$ref'] = `${name}#${pointer}`
  else {
    delete node['$ref']
    node['not'] = {}
  }
}

/** `x-ms-mutability` without `read`: the property is sent to Azure, and never comes back. */
const hideWhatIsNotRead = (node: Json): void => {
  const properties = node['properties']
  if (typeof properties !== 'object' || properties === null) return
  for (const [name, schema] of Object.entries(properties as Record<string, Json>)) {
    const mutability = schema?.['x-ms-mutability']
    if (Array.isArray(mutability) && !mutability.includes('read')) {
      Object.assign(properties, { [name]: { not: {} } })
    }
  }
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : [])

const walk = (node: unknown, visit: (node: Json) => void): void => {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as Json)
  for (const child of Object.values(node)) walk(child, visit)
}
