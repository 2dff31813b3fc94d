import { keyKinds } from '../account/types.ts'
import { type Action, actions, may } from '../entra/principals.ts'
import type { Caller } from '../entra/tokens.ts'
import type { Call, Reply } from '../http/call.ts'
import { type Params, Routes } from '../http/routes.ts'
import { locksAt, lockVersions, permissionsOf, permissionVersions } from './authorization.ts'
import { operationList } from './catalogue.ts'
import * as refusals from './errors.ts'
import { lockProblem } from './locks.ts'
import { operationResults, operationsStatus } from './long-running.ts'
import { metricDefinitions, metrics, usages } from './metrics.ts'
import {
  bringRegionOnline,
  changeFailoverPriorities,
  deleteAccount,
  getAccount,
  patchAccount,
  putAccount,
  regenerateKey,
  takeRegionOffline,
} from './operations.ts'
import type { ArmOptions } from './options.ts'
import { accountId, connectionStrings, keyList } from './resource.ts'
import { shownAccount } from './shown.ts'
import { apiVersions } from './versions.ts'

/** What a request does, and the action that it takes a grant for; polling takes a token only. */
interface Operation {
  readonly action: Action | null
  readonly run: (arm: ArmOptions, call: Call, params: Params, caller: Caller) => Reply
  /** Another provider's, with its versions; Microsoft.DocumentDB's where absent. */
  readonly of?: { readonly type: string; readonly versions: readonly string[] }
}

const operation = (action: Action | null, run: Operation['run']): Operation => ({ action, run })
const ok = (body: unknown): Reply => ({ status: 200, body })

const provider = '/providers/Microsoft.DocumentDB'
const subscription = '/subscriptions/:subscription'
const group = `${subscription}/resourceGroups/:group`
const account = `${group}${provider}/databaseAccounts/:account`
const location = `${subscription}${provider}/locations/:location`
const readOnlyKinds = ['primaryReadonly', 'secondaryReadonly'] as const

const readOnlyKeys: Operation['run'] = arm => ok(keyList(arm.account, readOnlyKinds))

const authorization = '/providers/Microsoft.Authorization'
const locks = (scope: Parameters<typeof locksAt>[1]): Operation => ({
  ...operation(actions.locksRead, arm => ok(locksAt(arm, scope))),
  of: { type: 'locks', versions: lockVersions },
})
const permissions: Operation = {
  ...operation(actions.permissionsRead, (_arm, _call, _params, { principal }) =>
    ok(permissionsOf(principal)),
  ),
  of: { type: 'permissions', versions: permissionVersions },
}

const list = operation(actions.accountRead, (arm, call) =>
  ok({ value: arm.account.life === 'absent' ? [] : [shownAccount(arm, call)] }),
)
const results = operation(null, operationResults)

export const routes = new Routes<Operation>()
  .on('GET', account, operation(actions.accountRead, getAccount))
  .on('PUT', account, operation(actions.accountWrite, putAccount))
  .on('PATCH', account, operation(actions.accountWrite, patchAccount))
  .on('DELETE', account, operation(actions.accountDelete, deleteAccount))
  .on('GET', `${subscription}${provider}/databaseAccounts`, list)
  .on('GET', `${group}${provider}/databaseAccounts`, list)
  .on(
    'POST',
    `${account}/listKeys`,
    operation(actions.listKeys, arm => ok(keyList(arm.account, keyKinds))),
  )
  .on('POST', `${account}/readonlykeys`, operation(actions.readOnlyKeys, readOnlyKeys))
  .on('GET', `${account}/readonlykeys`, operation(actions.readOnlyKeysRead, readOnlyKeys))
  .on(
    'POST',
    `${account}/listConnectionStrings`,
    operation(actions.listConnectionStrings, arm =>
      ok({ connectionStrings: connectionStrings(arm.account, arm.globalEndpoint(), keyKinds) }),
    ),
  )
  .on('POST', `${account}/regenerateKey`, operation(actions.regenerateKey, regenerateKey))
  .on(
    'POST',
    `${account}/failoverPriorityChange`,
    operation(actions.failover, changeFailoverPriorities),
  )
  .on('POST', `${account}/offlineRegion`, operation(actions.offlineRegion, takeRegionOffline))
  .on('POST', `${account}/onlineRegion`, operation(actions.onlineRegion, bringRegionOnline))
  .on('GET', `${account}/metrics`, operation(actions.metrics, metrics))
  .on(
    'GET',
    `${account}/metricDefinitions`,
    operation(actions.metricDefinitions, metricDefinitions),
  )
  .on('GET', `${account}/region/:region/metrics`, operation(actions.regionMetrics, metrics))
  .on('GET', `${account}/usages`, operation(actions.usages, usages))
  .on('GET', `${account}/operationResults/:operation`, results)
  .on('GET', `${account}/regenerateKey/operationResults/:operation`, results)
  .on('GET', `${account}/failoverPriorityChange/operationResults/:operation`, results)
  .on('GET', `${account}/offlineRegion/operationResults/:operation`, results)
  .on('GET', `${account}/onlineRegion/operationResults/:operation`, results)
  .on('GET', `${location}/operationResults/:operation`, results)
  .on('GET', `${location}/operationsStatus/:operation`, operation(null, operationsStatus))
  .on('GET', `${account}${authorization}/permissions`, permissions)
  .on('GET', `${account}${authorization}/locks`, locks('account'))
  .on('GET', `${group}${authorization}/locks`, locks('resourceGroup'))
  .on('GET', `${subscription}${authorization}/locks`, locks('subscription'))
  .on('HEAD', `${provider}/databaseAccountNames/:name`, operation(actions.nameRead, nameExists))
  .on(
    'GET',
    `${provider}/operations`,
    operation(actions.operationsRead, () => ok({ value: operationList })),
  )

/** Azure Resource Manager, as far as a Cosmos DB account and its keys need it. */
export function createArm(arm: ArmOptions): (call: Call) => Promise<Reply> {
  return async call => {
    const verified = await arm.verify(call)
    if ('problem' in verified) return refusals.unauthorized(verified.problem, arm.authorization())
    const { clientId } = verified.caller.principal
    const { headers, refusal } = arm.limits.admit(call, clientId)
    const reply = refusal ?? answer(arm, call, verified.caller)
    const note = { caller: clientId, ...reply.note }
    return { ...reply, headers: { ...headers, ...reply.headers }, note }
  }
}

function answer(arm: ArmOptions, call: Call, caller: Caller): Reply {
  const match = routes.find(call.method, call.path)
  const problem = versionProblem(call, match) ?? placeProblem(arm, match)
  if (problem) return problem
  if (match === undefined) return refusals.notFound(call.path)
  if ('allow' in match) return refusals.methodNotAllowed(call.method)
  const { action, run } = match.route
  if (action !== null && !may(caller.principal, action)) {
    const [scope = ''] = call.path.split(authorization)
    const isAboutScope = call.path.includes(authorization)
    const at = isAboutScope ? scope : accountId(arm.names, arm.account.name)
    return refusals.forbidden(caller, action, at)
  }
  const named = match.params['account'] !== undefined && action !== null
  const refusal = named ? accountProblem(arm, call, match.params) : undefined
  return refusal ?? run(arm, call, match.params, caller)
}

function versionProblem(call: Call, match: ReturnType<typeof routes.find>): Reply | undefined {
  const version = call.query.get('api-version')
  if (!version) return refusals.missingApiVersion()
  const { type, versions } = (match && 'route' in match ? match.route.of : undefined) ?? ofAccounts
  return versions.includes(version)
    ? undefined
    : refusals.unknownApiVersion(version, type, versions)
}

const ofAccounts = { type: 'databaseAccounts', versions: apiVersions }

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** A subscription or resource group that is not ours is refused whatever is asked of it. */
function placeProblem(
  { names }: ArmOptions,
  match: ReturnType<typeof routes.find>,
): Reply | undefined {
  const { subscription = names.subscriptionId, group = names.resourceGroup } =
    match && 'params' in match ? match.params : {}
  if (!same(subscription, names.subscriptionId)) return refusals.subscriptionNotFound(subscription)
  return same(group, names.resourceGroup) ? undefined : refusals.groupNotFound(group)
}

/** One account is all there can be: another is not found, and not made either. */
function accountProblem(arm: ArmOptions, call: Call, params: Params): Reply | undefined {
  const { account: name = '', group = '' } = params
  const isPut = call.method === 'PUT'
  if (!same(name, arm.account.name)) {
    return isPut
      ? refusals.accountQuota(arm.names.subscriptionId)
      : refusals.accountNotFound(name, group)
  }
  const lock = lockProblem(arm, call.method)
  if (lock) return lock
  if (arm.account.life !== 'absent' || isPut) return undefined
  // Published (cosmos-db.json): a deletion of what is not there answers 204.
  return call.method === 'DELETE' ? { status: 204 } : refusals.accountNotFound(name, group)
}

function nameExists({ account }: ArmOptions, _: Call, { name = '' }: Params): Reply {
  const taken = account.life !== 'absent' && same(name, account.name)
  return { status: taken ? 200 : 404 }
}
