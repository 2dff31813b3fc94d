import { definitionOf } from '../documents/partition-key.ts'
import * as errors from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** What the service says of a container beside what the client gave; `_rid` and its like aside. */
export function completeProperties(body: JsonObject): JsonObject {
  checkTtl(body['defaultTtl'])
  const { partitionKey } = body
  return {
    conflictResolutionPolicy: {
      mode: 'LastWriterWins',
      conflictResolutionPath: '/_ts',
      conflictResolutionProcedure: '',
    },
    geospatialConfig: { type: 'Geography' },
    ...body,
    indexingPolicy: indexingOf(body['indexingPolicy']),
    ...(isObject(partitionKey) ? { partitionKey: { kind: 'Hash', ...partitionKey } } : {}),
  }
}

/** A given policy is completed by the service with its defaults. */
function indexingOf(given: Json | undefined): JsonObject {
  const policy = isObject(given) ? given : {}
  if (policy['indexingMode'] === 'none') return { automatic: false, ...policy }
  return {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: [{ path: '/*' }],
    excludedPaths: [{ path: '/"_etag"/?' }],
    ...policy,
  }
}

/** Microsoft, "Time to Live": -1 or a positive number of seconds that fits 32 bits. */
function checkTtl(ttl: Json | undefined): void {
  if (ttl === undefined || ttl === null || ttl === -1) return
  if (Number.isInteger(ttl) && Number(ttl) > 0 && Number(ttl) <= 2 ** 31 - 1) return
  throw errors.badRequest(
    `The input ttl '${String(ttl)}' is invalid. Ensure to provide a nonzero positive integer less than or equal to '${2 ** 31 - 1}', or '-1' which means never expire.`,
  )
}

/** What may not change once a container is there; each with the property's name. */
export function checkUnchanged(before: JsonObject, after: JsonObject): void {
  if (after['id'] !== before['id']) {
    throw errors.badRequest('The id of a container cannot be changed.')
  }
  const key = (properties: JsonObject): string =>
    JSON.stringify(definitionOf(properties['partitionKey']))
  if (after['partitionKey'] !== undefined && key(after) !== key(before)) {
    throw errors.badRequest('Document collection partition key cannot be changed.')
  }
  for (const name of ['uniqueKeyPolicy', 'vectorEmbeddingPolicy']) {
    if (after[name] === undefined) continue
    if (JSON.stringify(after[name]) === JSON.stringify(before[name])) continue
    if (isEmptyPolicy(after[name]) && before[name] === undefined) continue
    throw errors.badRequest(`The ${name} of a container cannot be changed once it is created.`)
  }
}

const isEmptyPolicy = (policy: Json | undefined): boolean =>
  isObject(policy) && Object.values(policy).every(list => Array.isArray(list) && list.length === 0)
