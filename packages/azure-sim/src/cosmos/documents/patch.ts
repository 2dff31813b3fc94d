import { badRequest } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** Whether a document meets a patch's `condition`, `from c where …`. */
export type PatchCondition = (condition: string, document: JsonObject) => boolean

export interface PatchOperation {
  readonly op: 'add' | 'set' | 'replace' | 'remove' | 'incr' | 'move'
  readonly path: readonly string[]
  readonly from?: readonly string[] | undefined
  readonly value?: Json | undefined
}

const verbs = new Set(['add', 'set', 'replace', 'remove', 'incr', 'increment', 'move'])

/** Microsoft: "Partial document update", at most 10 operations in one patch. */
const operationsMax = 10

const systemProperties = new Set(['id', '_rid', '_self', '_etag', '_ts', '_attachments'])

function parsePointer(pointer: Json | undefined): string[] {
  if (typeof pointer !== 'string' || !pointer.startsWith('/') || pointer.length < 2) {
    throw badRequest(
      'For patch operation, path must be a non-empty JSON pointer that starts with /.',
    )
  }
  const names = pointer.slice(1).split('/')
  const unescaped = names.map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  const [first = ''] = unescaped
  if (systemProperties.has(first)) {
    throw badRequest(`Cannot patch the system property '${first}'.`)
  }
  return unescaped
}

function parseOperation(operation: Json): PatchOperation {
  const given = isObject(operation) ? operation : {}
  const verb = String(given['op']).toLowerCase()
  if (!verbs.has(verb)) throw badRequest(`Patch operation '${verb.slice(0, 32)}' is not supported.`)
  const op = (verb === 'increment' ? 'incr' : verb) as PatchOperation['op']
  const path = parsePointer(given['path'])
  const from = op === 'move' ? parsePointer(given['from']) : undefined
  const { value } = given
  if (op === 'incr' && typeof value !== 'number') {
    throw badRequest('For increment operation, the value must be a number.')
  }
  if (['add', 'set', 'replace'].includes(op) && value === undefined) {
    throw badRequest(`For ${op} operation, a value is required.`)
  }
  return { op, path, from, value }
}

/** Reads the body of a patch: its operations, or an object that holds them and a condition. */
export function parsePatch(body: Json | undefined): {
  operations: readonly PatchOperation[]
  condition: string | undefined
} {
  const list = isObject(body) ? body['operations'] : body
  const condition = isObject(body) ? body['condition'] : undefined
  if (!Array.isArray(list) || list.length === 0) {
    throw badRequest('The patch request has no operations.')
  }
  if (list.length > operationsMax) {
    throw badRequest(`The number of patch operations can't exceed '${operationsMax}'.`)
  }
  if (condition !== undefined && typeof condition !== 'string') {
    throw badRequest('The condition of a patch must be a text.')
  }
  return { operations: list.map(parseOperation), condition }
}

type Node = { [name: string]: Json | undefined } | Json[]

/** The result of all operations, in order, on a copy of the document. */
export function applyPatch(
  document: JsonObject,
  operations: readonly PatchOperation[],
): JsonObject {
  const copy = structuredClone(document) as { [name: string]: Json | undefined }
  for (const operation of operations) applyOne(copy, operation)
  return copy
}

function applyOne(root: Node, { op, path, from = [], value }: PatchOperation): void {
  if (op === 'move') {
    const [parent, name] = holder(root, from)
    const moved = valueIn(parent, name)
    if (moved === undefined) throw absent(from)
    take(parent, name)
    put(...holder(root, path), moved, true)
    return
  }
  const [parent, name] = holder(root, path)
  const present = valueIn(parent, name) !== undefined
  if (op === 'remove') {
    if (!present) throw absent(path)
    take(parent, name)
    return
  }
  if (op === 'replace' && !present) throw absent(path)
  if (op !== 'incr') {
    put(parent, name, value ?? null, op === 'add')
    return
  }
  const before = valueIn(parent, name) ?? 0
  if (typeof before !== 'number') throw badRequest('Cannot increment a value that is no number.')
  const sum = before + Number(value)
  if (!Number.isFinite(sum)) throw badRequest('The incremented value is no number that JSON has.')
  put(parent, name, sum, false)
}

const absent = (path: readonly string[]): Error =>
  badRequest(`The node at path '/${path.join('/')}' does not exist, so it cannot be patched.`)

function holder(root: Node, path: readonly string[]): [Node, string] {
  let at: Json | Node | undefined = root
  for (const name of path.slice(0, -1)) at = isNode(at) ? valueIn(at, name) : undefined
  if (!isNode(at)) {
    throw badRequest(
      "Add Operation can only create a child object of an existing node(array or object) and cannot create path recursively, no path found beyond: '/" +
        `${path.slice(0, -1).join('/')}'.`,
    )
  }
  return [at, path.at(-1) ?? '']
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

function valueIn(parent: Node, name: string): Json | undefined {
  if (Array.isArray(parent)) return /^\d+$/.test(name) ? parent[Number(name)] : undefined
  return Object.hasOwn(parent, name) ? parent[name] : undefined
}

function take(parent: Node, name: string): void {
  if (Array.isArray(parent)) parent.splice(Number(name), 1)
  else delete parent[name]
}

function put(parent: Node, name: string, value: Json, insert: boolean): void {
  if (!Array.isArray(parent)) {
    Object.defineProperty(parent, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    })
    return
  }
  const index = name === '-' ? parent.length : Number(name)
  if ((name !== '-' && !/^\d+$/.test(name)) || index > parent.length) {
    throw badRequest(`The array index '${name}' is out of bounds.`)
  }
  parent.splice(index, insert || index === parent.length ? 0 : 1, value)
}
