import { keyKinds } from '../account/types.ts'
import { type Action, actions, may } from '../entra/principals.ts'
import type { Caller } from '../entra/tokens.ts'
import type { Call, Reply } from '../http/call.ts'
import { type Params, Routes } from '../http/routes.ts'
import * as refusals from './errors.ts'
import { operationResults, operationsStatus, patchAccount, regenerateKey } from './operations.ts'
import type { ArmOptions } from './options.ts'
import { accountId, accountResource, connectionStrings, keyList } from './resource.ts'
import { apiVersions, showsLastUsage } from './versions.ts'

/** What a request does, and the action that it takes a grant for; polling takes a token only. */
interface Operation {
  readonly action: Action | null
  readonly run: (arm: ArmOptions, call: Call, params: Params) => Reply
}

const operation = (action: Action | null, run: Operation['run']): Operation => ({ action, run })
const ok = (body: unknown): Reply => ({ status: 200, body })

const provider = '/providers/Microsoft.DocumentDB'
const group = '/subscriptions/:subscription/resourceGroups/:group'
const account = `${group}${provider}/databaseAccounts/:account`
const readOnlyKinds = ['primaryReadonly', 'secondaryReadonly'] as const

const readOnlyKeys = operation(actions.readOnlyKeys, arm => ok(keyList(arm.account, readOnlyKinds)))

export const routes = new Routes<Operation>()
  .on(
    'GET',
    account,
    operation(actions.accountRead, (arm, call) => ok(resource(arm, call))),
  )
  .on(
    'PATCH',
    account,
    operation(actions.accountWrite, (arm, call) =>
      patchAccount(arm, call, () => resource(arm, call)),
    ),
  )
  .on(
    'GET',
    `/subscriptions/:subscription${provider}/databaseAccounts`,
    operation(actions.accountRead, list),
  )
  .on('GET', `${group}${provider}/databaseAccounts`, operation(actions.accountRead, list))
  .on(
    'POST',
    `${account}/listKeys`,
    operation(actions.listKeys, arm => ok(keyList(arm.account, keyKinds))),
  )
  .on('POST', `${account}/readonlykeys`, readOnlyKeys)
  .on('GET', `${account}/readonlykeys`, readOnlyKeys)
  .on(
    'POST',
    `${account}/listConnectionStrings`,
    operation(actions.listConnectionStrings, arm =>
      ok({ connectionStrings: connectionStrings(arm.account, arm.globalEndpoint(), keyKinds) }),
    ),
  )
  .on('POST', `${account}/regenerateKey`, operation(actions.regenerateKey, regenerateKey))
  .on(
    'GET',
    `${account}/regenerateKey/operationResults/:operation`,
    operation(null, operationResults),
  )
  .on(
    'GET',
    `/subscriptions/:subscription${provider}/locations/:location/operationsStatus/:operation`,
    operation(null, operationsStatus),
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
  const problem = versionProblem(call) ?? placeProblem(arm, call, match)
  if (problem) return problem
  if (match === undefined) return refusals.notFound(call.path)
  if ('allow' in match) return refusals.methodNotAllowed(call.method)
  const { action, run } = match.route
  if (action !== null && !may(caller.principal, action)) {
    return refusals.forbidden(caller, action, accountId(arm.names, arm.account.name))
  }
  const { account: name, group } = match.params
  return name === undefined || name.toLowerCase() === arm.account.name.toLowerCase()
    ? run(arm, call, match.params)
    : refusals.accountNotFound(name, group ?? '')
}

function versionProblem(call: Call): Reply | undefined {
  const version = call.query.get('api-version')
  if (!version) return refusals.missingApiVersion()
  return apiVersions.includes(version)
    ? undefined
    : refusals.unknownApiVersion(version, apiVersions)
}

/** A subscription or resource group that is not ours is refused whatever is asked of it. */
function placeProblem(arm: ArmOptions, call: Call, match: unknown): Reply | undefined {
  if (match === undefined) return undefined
  const [, , subscription = '', , group] = call.path.split('/').map(decodeURIComponent)
  if (subscription.toLowerCase() !== arm.names.subscriptionId.toLowerCase()) {
    return refusals.subscriptionNotFound(subscription)
  }
  const inGroup = call.path.split('/')[3]?.toLowerCase() === 'resourcegroups'
  return inGroup && group?.toLowerCase() !== arm.names.resourceGroup.toLowerCase()
    ? refusals.groupNotFound(group ?? '')
    : undefined
}

function resource(arm: ArmOptions, call: Call) {
  const shown = showsLastUsage(call.query.get('api-version') ?? '')
    ? { usage: arm.usage, now: arm.clock.now() }
    : undefined
  return accountResource(arm.account, arm.names, arm.globalEndpoint(), shown)
}

function list(arm: ArmOptions, call: Call): Reply {
  return ok({ value: [resource(arm, call)] })
}
