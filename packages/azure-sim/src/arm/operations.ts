import { type Operation, statusAt } from '../account/operation.ts'
import { keyKinds } from '../account/types.ts'
import { asObject, type Call, jsonObject, type Reply } from '../http/call.ts'
import type { Params } from '../http/routes.ts'
import * as refusals from './errors.ts'
import type { ArmOptions } from './options.ts'
import { accountId, normalized } from './resource.ts'
import {
  anyRecentUse,
  checkBeforeDisabling,
  checkBeforeRegeneration,
  recentUse,
  skipsCheck,
} from './safe-rotation.ts'

const uncached = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' }

/** Starts a regeneration: 202 with both addresses and no `Retry-After`, as recorded. */
export function regenerateKey(arm: ArmOptions, call: Call): Reply {
  const body = jsonObject(call)
  if (body === undefined) return refusals.invalidContent()
  const kind = keyKinds.find(known => known === body['keyKind'])
  if (kind === undefined) {
    return refusals.badRequest(`The key kind '${String(body['keyKind'])}' is not valid.`)
  }
  const { account, usage } = arm
  const note = { body: { keyKind: kind } }
  if (account.running()) return { ...refusals.exclusiveLock(account.name), note }
  const guarded = account.flags.capabilities.includes(checkBeforeRegeneration)
  const now = arm.clock.now()
  if (guarded && !skipsCheck(body) && recentUse(account, usage, kind, now) !== undefined) {
    return { ...refusals.recentlyUsed(`The ${kind} key`), note }
  }
  const operation = account.regenerate(kind)
  if (operation === undefined) return { ...refusals.exclusiveLock(account.name), note }
  const headers = {
    ...uncached,
    'azure-asyncoperation': statusUrl(arm, call, operation),
    location: resultsUrl(arm, call, operation),
  }
  return { status: 202, headers, body: { status: 'Enqueued' }, note }
}

/** `Azure-AsyncOperation`: always 200, the state in the body. */
export function operationsStatus(arm: ArmOptions, _: Call, params: Params): Reply {
  const operation = arm.account.operation(params['operation'] ?? '')
  if (operation === undefined) return refusals.operationNotFound(params['operation'] ?? '')
  const status = statusAt(operation, arm.clock.now())
  const error = { code: 'InternalServerError', message: 'The operation did not complete.' }
  return {
    status: 200,
    headers: uncached,
    body: status === 'Failed' ? { status, error } : { status },
  }
}

/**
 * `Location`: 202 with the state while it runs (azure-sdk-for-net issue 44079). After it, 200
 * without a body (assumed): the SDK looks once more, and would take 204 or 404 for an error.
 */
export function operationResults(arm: ArmOptions, call: Call, params: Params): Reply {
  const operation = arm.account.operation(params['operation'] ?? '')
  if (operation === undefined) return refusals.operationNotFound(params['operation'] ?? '')
  const status = statusAt(operation, arm.clock.now())
  if (status === 'Succeeded') return { status: 200, headers: uncached }
  if (status === 'Failed') return refusals.internalError()
  const headers = { ...uncached, location: resultsUrl(arm, call, operation) }
  return { status: 202, headers, body: { status } }
}

function statusUrl(arm: ArmOptions, call: Call, { id }: Operation): string {
  const location = normalized(arm.account.regions[0]?.name ?? '')
  return (
    `${arm.url()}/subscriptions/${arm.names.subscriptionId}/providers/Microsoft.DocumentDB` +
    `/locations/${location}/operationsStatus/${id}?api-version=${apiVersion(call)}`
  )
}

function resultsUrl(arm: ArmOptions, call: Call, { id }: Operation): string {
  const path = `${accountId(arm.names, arm.account.name)}/regenerateKey/operationResults/${id}`
  return `${arm.url()}${path}?api-version=${apiVersion(call)}`
}

const apiVersion = (call: Call): string => encodeURIComponent(call.query.get('api-version') ?? '')

/** Changes the flags that the simulator honours, and says so of those that it does not. */
export function patchAccount(arm: ArmOptions, call: Call, resource: () => unknown): Reply {
  const body = jsonObject(call)
  const properties = body?.['properties'] === undefined ? {} : asObject(body['properties'])
  const tags = body?.['tags'] === undefined ? {} : asObject(body['tags'])
  if (body === undefined || properties === undefined || tags === undefined) {
    return refusals.invalidContent()
  }
  const { account, usage } = arm
  if (account.running()) return refusals.exclusiveLock(account.name)
  const { disableLocalAuth, disableKeyBasedMetadataWriteAccess, capabilities, ...rest } = properties
  const [unknown] = Object.keys(rest)
  if (unknown) return refusals.badRequest(`This simulator cannot change the property '${unknown}'.`)
  const names = capabilities === undefined ? [] : capabilityNames(capabilities)
  const flags = [disableLocalAuth, disableKeyBasedMetadataWriteAccess]
  if (names === undefined || flags.some(flag => flag !== undefined && typeof flag !== 'boolean')) {
    return refusals.invalidContent()
  }
  const guarded = account.flags.capabilities.includes(checkBeforeDisabling)
  if (guarded && disableLocalAuth === true && anyRecentUse(account, usage, arm.clock.now())) {
    return refusals.recentlyUsed('An account key')
  }
  if (typeof disableLocalAuth === 'boolean') account.flags.disableLocalAuth = disableLocalAuth
  if (typeof disableKeyBasedMetadataWriteAccess === 'boolean') {
    account.flags.disableKeyBasedMetadataWriteAccess = disableKeyBasedMetadataWriteAccess
  }
  if (capabilities !== undefined) account.flags.capabilities = names
  if (body['tags'] !== undefined) account.flags.tags = tagsOf(tags)
  return { status: 200, body: resource(), note: { body: { properties: Object.keys(properties) } } }
}

function capabilityNames(capabilities: unknown): string[] | undefined {
  if (!Array.isArray(capabilities)) return undefined
  const names = capabilities.map(capability => asObject(capability)?.['name'])
  return names.every(name => typeof name === 'string') ? names : undefined
}

function tagsOf(tags: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]))
}
