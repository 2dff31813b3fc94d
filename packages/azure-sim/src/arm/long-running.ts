import { normalized } from '../account/locations.ts'
import { type Operation, statusAt } from '../account/operation.ts'
import type { Call, Reply } from '../http/call.ts'
import type { Params } from '../http/routes.ts'
import * as refusals from './errors.ts'
import type { ArmOptions } from './options.ts'
import { accountId } from './resource.ts'
import { shownAccount } from './shown.ts'

const uncached = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' }

/** What a call says of itself in the witness, whatever becomes of it. */
type Note = Pick<Reply, 'note'>

/**
 * A long-running operation has begun: both addresses and no `Retry-After`, as recorded. PUT and
 * PATCH answer 200 with the account as it still is, all others 202 (Azure/azure-cli, recordings
 * test_update_database_account.yaml, test_delete_database_account.yaml).
 */
export function accepted(arm: ArmOptions, call: Call, operation: Operation, note?: Note): Reply {
  const headers = {
    ...uncached,
    'azure-asyncoperation': statusUrl(arm, call, operation),
    location: resultsUrl(arm, call, operation),
  }
  const body = showsAccount(operation) ? shownAccount(arm, call) : { status: 'Enqueued' }
  return { status: showsAccount(operation) ? 200 : 202, headers, body, ...note }
}

/** `Azure-AsyncOperation`: always 200, the state in the body. */
export function operationsStatus(arm: ArmOptions, _: Call, { operation: id = '' }: Params): Reply {
  const operation = arm.account.operation(id)
  if (operation === undefined) return refusals.operationNotFound(id)
  const status = statusAt(operation, arm.clock.now())
  const error = { code: 'InternalServerError', message: 'The operation did not complete.' }
  return {
    status: 200,
    headers: uncached,
    body: status === 'Failed' ? { status, error } : { status },
  }
}

/**
 * `Location`: 202 with the state while it runs (azure-sdk-for-net issue 44079). After it, 204
 * where the operation's document and example have that, else 200 (assumed: the SDK looks once more,
 * and would take 204 or 404 for an error), with the account where the operation was to change it,
 * else without a body.
 */
export function operationResults(
  arm: ArmOptions,
  call: Call,
  { operation: id = '' }: Params,
): Reply {
  const operation = arm.account.operation(id)
  if (operation === undefined) return refusals.operationNotFound(id)
  const status = statusAt(operation, arm.clock.now())
  if (status === 'Failed') return refusals.internalError()
  if (status === 'Succeeded' && endsEmpty(operation)) return { status: 204, headers: uncached }
  if (status === 'Succeeded') {
    const body = showsAccount(operation) && arm.account.life !== 'absent'
    return { status: 200, headers: uncached, ...(body ? { body: shownAccount(arm, call) } : {}) }
  }
  const headers = { ...uncached, location: resultsUrl(arm, call, operation) }
  return { status: 202, headers, body: { status } }
}

/** cosmos-db.json: these two answer 202 and 204, the others 202 and 200. */
const endsEmpty = ({ name }: Pick<Operation, 'name'>): boolean =>
  name === 'delete' || name === 'failoverPriorityChange'

const showsAccount = ({ name }: Pick<Operation, 'name'>): boolean =>
  name === 'update' || name === 'create'

function statusUrl(arm: ArmOptions, call: Call, { id }: Operation): string {
  return `${arm.url()}${location(arm)}/operationsStatus/${id}?api-version=${apiVersion(call)}`
}

/** Where each operation's `Location` was recorded to point: a deletion's not below the account. */
function resultsUrl(arm: ArmOptions, call: Call, { id, name }: Operation): string {
  const account = accountId(arm.names, arm.account.name)
  const own = showsAccount({ name }) ? account : `${account}/${name}`
  const base = name === 'delete' ? location(arm) : own
  return `${arm.url()}${base}/operationResults/${id}?api-version=${apiVersion(call)}`
}

function location({ settings, names }: ArmOptions): string {
  return (
    `/subscriptions/${names.subscriptionId}/providers/Microsoft.DocumentDB/locations/` +
    normalized(settings.location)
  )
}

const apiVersion = (call: Call): string => encodeURIComponent(call.query.get('api-version') ?? '')
