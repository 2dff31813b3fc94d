import { badRequest, gone, ServiceError } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { writeCharge } from './charge.ts'
import { type Component, parsePartition, partitionText } from './partition-key.ts'
import {
  create,
  type Outcome,
  patch,
  read,
  remove,
  replace,
  type Target,
  upsert,
  type WriteInput,
} from './writes.ts'

/** Microsoft: "Transactional batch operations", at most 100 operations. */
const operationsMax = 100

const operations: Readonly<Record<string, typeof create>> = {
  Create: create,
  Upsert: upsert,
  Replace: replace,
  Read: read,
  Delete: remove,
  Patch: patch,
}

export interface BatchRequest {
  readonly target: Target
  readonly body: Json | undefined
  readonly atomic: boolean
  /** Of a batch that is not atomic: whether a failure ends it. */
  readonly continueOnError: boolean
  /** The partition key of the whole batch; a bulk request's operations carry their own. */
  readonly components: readonly Component[] | undefined
  /** Of a bulk request: whether a key lies in the physical partition that the request names. */
  readonly holds: (components: readonly Component[]) => boolean
  /** `Prefer: return=minimal` leaves the documents out of the answer. */
  readonly minimal: boolean
  readonly now: number
}

export interface BatchResult {
  readonly status: 200 | 207
  readonly results: readonly JsonObject[]
  readonly charge: number
}

/** What one operation of a batch came to, as the service words it in the answer's array. */
function resultOf(outcome: Outcome, minimal: boolean, wrote: boolean): JsonObject {
  const { status, document } = outcome
  const requestCharge = wrote ? writeCharge(document) : 1
  const body = minimal && wrote ? undefined : document?.value
  return { statusCode: status, requestCharge, eTag: document?.etag, resourceBody: body }
}

const failureOf = (error: ServiceError): JsonObject => ({
  statusCode: error.status,
  ...(error.substatus ? { subStatusCode: error.substatus } : {}),
  requestCharge: 1.24,
  message: error.message,
})

const dependent: JsonObject = { statusCode: 424, requestCharge: 0 }

/**
 * Runs a batch. Atomic: all operations or none, 200, or 207 with the failed operation's own status
 * and 424 for the others. Otherwise (bulk) each stands for itself.
 */
export function runBatch(request: BatchRequest): BatchResult {
  const list = requireOperations(request.body)
  const results: JsonObject[] = []
  const run = (): void => {
    for (const operation of list) {
      const failed = results.some(({ statusCode }) => Number(statusCode) >= 400)
      const result = failed && !request.continueOnError ? dependent : runOne(request, operation)
      results.push(result)
      if (request.atomic && Number(result['statusCode']) >= 400) throw new RolledBack()
    }
  }
  try {
    if (request.atomic) request.target.store.transact(run)
    else run()
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
    return finish(
      list.map((_, at) => (at === results.length - 1 ? (results[at] ?? {}) : dependent)),
    )
  }
  return finish(results)
}

class RolledBack extends Error {}

function finish(results: readonly JsonObject[]): BatchResult {
  const failed = results.some(({ statusCode }) => Number(statusCode) >= 400)
  const charge = results.reduce((sum, { requestCharge }) => sum + Number(requestCharge), 0)
  return { status: failed ? 207 : 200, results, charge }
}

function runOne(request: BatchRequest, operation: JsonObject): JsonObject {
  const { target, now, minimal } = request
  const type = String(operation['operationType'])
  try {
    const run = Object.hasOwn(operations, type) ? operations[type] : undefined
    if (run === undefined) throw badRequest(`Operation type '${type.slice(0, 32)}' is not valid.`)
    const outcome = run(target, inputOf(request, operation), now)
    return resultOf(outcome, minimal, type !== 'Read')
  } catch (error) {
    if (error instanceof ServiceError) return failureOf(error)
    throw error
  }
}

function inputOf(request: BatchRequest, operation: JsonObject): WriteInput {
  const text = (name: string): string | undefined => {
    const value = operation[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    id: text('id'),
    components: componentsOf(request, operation['partitionKey']),
    body: operation['resourceBody'],
    ifMatch: text('ifMatch'),
    ifNoneMatch: text('ifNoneMatch'),
  }
}

function componentsOf(request: BatchRequest, key: Json | undefined): readonly Component[] {
  const { definition } = request.target
  const own =
    key === undefined
      ? undefined
      : parsePartition(typeof key === 'string' ? key : JSON.stringify(key), definition)
  const { components } = request
  if (components === undefined) {
    if (own === undefined || own.length !== definition.paths.length) {
      throw badRequest('PartitionKey value must be supplied for this operation.')
    }
    if (!request.holds(own)) throw gone()
    return own
  }
  if (own !== undefined && partitionText(own) !== partitionText(components)) {
    throw badRequest('All operations of a batch must have the same partition key.')
  }
  return components
}

function requireOperations(body: Json | undefined): JsonObject[] {
  if (!Array.isArray(body) || body.length === 0 || !body.every(isObject)) {
    throw badRequest('The body of a batch must be a list of operations.')
  }
  if (body.length > operationsMax) {
    throw badRequest(
      `Batch request has more operations than what is supported: ${body.length} of ${operationsMax}.`,
    )
  }
  return body
}
