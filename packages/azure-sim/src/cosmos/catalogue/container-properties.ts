import { definitionOf } from '../documents/partition-key.ts'
import { checkTtl } from '../documents/time-to-live.ts'
import * as errors from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'

/** What the service says of a container beside what the client gave; `_rid` and its like aside. */
export function completeProperties(body: JsonObject): JsonObject {
  // Containers may say `null` for none ("Time to Live"), documents may not.
  checkTtl(body['defaultTtl'] ?? undefined)
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
