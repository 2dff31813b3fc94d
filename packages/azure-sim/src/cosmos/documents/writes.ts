import { isDeeper } from '../../nesting.ts'
import * as errors from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { StoredDocument } from './document.ts'
import type { Documents } from './documents.ts'
import {
  type Component,
  extractPartition,
  type PartitionDefinition,
  partitionText,
} from './partition-key.ts'
import { applyPatch, type PatchCondition, parsePatch } from './patch.ts'
import { checkTtl } from './time-to-live.ts'

/** A container as the operations on its documents see it. */
export interface Target {
  readonly store: Documents
  readonly definition: PartitionDefinition
  readonly meets: PatchCondition
}

export interface WriteInput {
  /** The id that the path names; creates and upserts name none. */
  readonly id?: string | undefined
  readonly components: readonly Component[]
  readonly body?: Json | undefined
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
}

export interface Outcome {
  readonly status: number
  readonly document: StoredDocument | undefined
}

type Operation = (target: Target, input: WriteInput, now: number) => Outcome

/** 2 MB, the service's limit on one document (Microsoft: "Azure Cosmos DB service quotas"). */
export const documentBytesMax = 2 * 1024 * 1024

/**
 * Levels of arrays and objects in a document (Microsoft: "Azure Cosmos DB service quotas"); the
 * refusal's sentence is of microsoft/botbuilder-dotnet issue 4755.
 */
const levelsMax = 128

function requireBody({ components, body }: WriteInput, { definition }: Target) {
  if (!isObject(body)) {
    throw errors.badRequest('The input content is invalid because it is not a JSON object.')
  }
  const { id } = body
  if (id === undefined || id === '') {
    throw errors.badRequest(
      "The input content is invalid because the required properties - 'id; ' - are missing",
    )
  }
  if (typeof id !== 'string' || Buffer.byteLength(id) > 1023 || /[/\\#?]/.test(id)) {
    throw errors.badRequest(
      `The input name '${String(id).slice(0, 64)}' is invalid. Ensure to provide a unique non-empty string less than '1024' characters.`,
    )
  }
  checkTtl(body['ttl'])
  if (isDeeper(body, levelsMax)) {
    throw errors.badRequest(
      'The request payload is invalid. Ensure to provide a valid request payload.',
    )
  }
  if (partitionText(extractPartition(definition, body)) !== partitionText(components)) {
    throw errors.badRequest(
      "PartitionKey extracted from document doesn't match the one specified in the header",
      1001,
    )
  }
  return body as JsonObject & { id: string }
}

const find = ({ store }: Target, { id = '', components }: WriteInput, now: number) =>
  store.get(partitionText(components), id, now)

function requireExisting(target: Target, input: WriteInput, now: number): StoredDocument {
  const found = find(target, input, now)
  if (found === undefined) throw errors.notFound()
  return found
}

function requireMatch(found: StoredDocument, { ifMatch }: WriteInput): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== found.etag) {
    throw errors.preconditionFailed()
  }
}

export const create: Operation = (target, input, now) => {
  const body = requireBody(input, target)
  if (find(target, { ...input, id: body.id }, now) !== undefined) throw errors.conflict()
  return { status: 201, document: target.store.put(input.components, body, now) }
}

/** `If-Match` guards the replacing half of an upsert only, as the service has it. */
export const upsert: Operation = (target, input, now) => {
  const body = requireBody(input, target)
  const found = find(target, { ...input, id: body.id }, now)
  if (found !== undefined) requireMatch(found, input)
  const document = target.store.put(input.components, body, now)
  return { status: found === undefined ? 201 : 200, document }
}

export const replace: Operation = (target, input, now) => {
  const body = requireBody(input, target)
  const found = requireExisting(target, input, now)
  requireMatch(found, input)
  if (body.id !== found.id) {
    throw errors.badRequest('Replacing the id of a document is not allowed.')
  }
  return { status: 200, document: target.store.put(found.components, body, now) }
}

export const read: Operation = (target, input, now) => {
  const found = requireExisting(target, input, now)
  const { ifNoneMatch } = input
  const unchanged = ifNoneMatch !== undefined && [found.etag, '*'].includes(ifNoneMatch)
  return { status: unchanged ? 304 : 200, document: found }
}

export const remove: Operation = (target, input, now) => {
  const found = requireExisting(target, input, now)
  requireMatch(found, input)
  target.store.remove(found, now)
  return { status: 204, document: undefined }
}

export const patch: Operation = (target, input, now) => {
  const { operations, condition } = parsePatch(input.body)
  const found = requireExisting(target, input, now)
  requireMatch(found, input)
  if (condition !== undefined && !target.meets(condition, found.value)) {
    throw errors.preconditionFailed(1110)
  }
  const patched = applyPatch(found.value, operations)
  const body = requireBody({ ...input, body: patched }, target)
  if (body.id !== found.id)
    throw errors.badRequest('Replacing the id of a document is not allowed.')
  return { status: 200, document: target.store.put(found.components, body, now) }
}
