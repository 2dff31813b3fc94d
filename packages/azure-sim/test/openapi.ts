import { basename } from 'node:path'
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js'
import { azureSpec } from './specs.ts'

type Json = Record<string, unknown>

/** Schemas by path, method and status, from one of Microsoft's OpenAPI documents. */
export interface OpenApi {
  /** Complaints about a body; nothing where it is as the document says. */
  complaints(path: string, method: string, status: number, body: unknown): readonly string[]
}

/**
 * Reads a document and its neighbours by file name. Objects are closed: a property that the
 * document does not know is a complaint, since a misspelt name would pass otherwise.
 */
export async function readOpenApi(file: string, neighbours: readonly string[]): Promise<OpenApi> {
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false })
  const documents = await Promise.all(
    [file, ...neighbours].map(async path => [path, await azureSpec.read(path)] as const),
  )
  const parents = new Set(documents.flatMap(([, document]) => parentsIn(document)))
  const known = documents.map(([path]) => basename(path))
  for (const [path, document] of documents) {
    ajv.addSchema(closed(document, known, parents) as Json, basename(path))
  }
  const [, main] = documents[0] ?? []
  const paths = new Map(
    Object.entries((main as { paths: Json }).paths).map(
      ([path, item]) => [path.toLowerCase(), [path, item as Json]] as const,
    ),
  )
  return {
    complaints: (path, method, status, body) => {
      const [written, item] = paths.get(path.toLowerCase()) ?? []
      const operation = item?.[method] as { responses: Json } | undefined
      if (written === undefined || operation === undefined)
        return [`${method} ${path} is not there`]
      const code = `${status}` in operation.responses ? `${status}` : 'default'
      const response = operation.responses[code] as Json | undefined
      if (response === undefined) return [`${method} ${path} does not answer ${status}`]
      if (!('schema' in response)) return body === undefined ? [] : ['a body where there is none']
      const pointer = ['paths', written, method, 'responses', code, 'schema']
        .map(pointerPart)
        .join('/')
      const validate = ajv.getSchema(`${basename(file)}#/${pointer}`)
      if (validate === undefined) return [`no schema for ${method} ${path} ${code}`]
      validate(body)
      return errorsOf(validate)
    },
  }
}

const pointerPart = (part: string): string =>
  encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))

function errorsOf({ errors }: ValidateFunction): string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}

/** Definitions that others extend: only the extending one knows all properties. */
function parentsIn(document: unknown): string[] {
  const parents: string[] = []
  walk(document, node => {
    for (const parent of Array.isArray(node['allOf']) ? node['allOf'] : []) {
      parents.push(
        String((parent as Json)['$ref'])
          .split('/')
          .at(-1) ?? '',
      )
    }
  })
  return parents
}

/** References lead to file names; objects that no other extends take no unknown property. */
function closed(
  document: unknown,
  known: readonly string[],
  parents: ReadonlySet<string>,
): unknown {
  const definitions = (document as { definitions?: Json }).definitions ?? {}
  for (const [name, definition] of Object.entries(definitions)) {
    const schema = definition as Json
    const open = parents.has(name) || schema['additionalProperties'] !== undefined
    if (!open && schema['properties'] !== undefined) schema['unevaluatedProperties'] = false
  }
  walk(document, node => {
    if (typeof node['$ref'] !== 'string' || node['$ref'].startsWith('#')) return
    const [path = '', pointer = ''] = node['$ref'].split('#')
    const version = /common-types\/resource-management\/(v\d)/.exec(path)?.[1]
    const name = version ? `common-types-${version}.json` : basename(path)
    if (known.includes(name)) node['$ref'] = `${name}#${pointer}`
    else {
      // What its document does not tell, nobody may send.
      delete node['$ref']
      node['not'] = {}
    }
  })
  return document
}

function walk(node: unknown, visit: (node: Json) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as Json)
  for (const child of Object.values(node)) walk(child, visit)
}
