import type { Started } from '../account/account.ts'
import { keyKinds } from '../account/types.ts'
import { guidFrom } from '../guid.ts'
import { asObject, type Call, jsonObject, type Reply } from '../http/call.ts'
import { type Change, readChange, readLocations } from './changes.ts'
import * as refusals from './errors.ts'
import type { JsonObject } from './json.ts'
import { accepted } from './long-running.ts'
import type { ArmOptions } from './options.ts'
import {
  anyRecentUse,
  checkBeforeDisabling,
  checkBeforeRegeneration,
  recentUse,
  skipsCheck,
} from './safe-rotation.ts'
import { newSettings } from './settings.ts'
import { shownAccount } from './shown.ts'

/** 412 while another operation holds the lock, 400 for what makes no sense, else its beginning. */
function begun(arm: ArmOptions, call: Call, started: Started, body: unknown): Reply {
  const note = { note: { body } }
  if ('operation' in started) return accepted(arm, call, started.operation, note)
  return started.refused === 'locked'
    ? { ...refusals.exclusiveLock(arm.account.name), ...note }
    : { ...refusals.badRequest(started.why), ...note }
}

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
  return operation
    ? accepted(arm, call, operation, { note })
    : { ...refusals.exclusiveLock(account.name), note }
}

/** PATCH: what it names changes when its operation ends. */
export function patchAccount(arm: ArmOptions, call: Call): Reply {
  return readAnd(call, false, change => updateTo(arm, call, change))
}

/** PUT: creates the account where it was deleted, else an update. */
export function putAccount(arm: ArmOptions, call: Call): Reply {
  return readAnd(call, true, change =>
    arm.account.life === 'absent' ? createAs(arm, call, change) : updateTo(arm, call, change),
  )
}

function readAnd(call: Call, whole: boolean, go: (change: Change) => Reply): Reply {
  const change = readChange(jsonObject(call), whole)
  if (!('why' in change)) return go(change)
  return change.why === 'content' ? refusals.invalidContent() : refusals.badRequest(change.sentence)
}

function createAs(arm: ArmOptions, call: Call, change: Change): Reply {
  const { flags, locations = [] } = change
  const also = (): void => {
    const location = change.location ?? locations[0]?.locationName ?? ''
    Object.assign(arm.settings, newSettings(location))
    apply(arm, change)
  }
  const started = arm.account.create({ flags, locations, also })
  return begun(arm, call, started, { properties: change.names })
}

function updateTo(arm: ArmOptions, call: Call, change: Change): Reply {
  const { account, usage, settings } = arm
  const note = { properties: change.names }
  if (account.running()) return begun(arm, call, { refused: 'locked' }, note)
  if (change.kind !== undefined && change.kind !== settings.kind) {
    return refusals.badRequest(`The kind of the account cannot be changed to '${change.kind}'.`)
  }
  const { disableLocalAuth } = change.flags
  const guarded = account.flags.capabilities.includes(checkBeforeDisabling)
  const turnsOff = disableLocalAuth === true && !account.flags.disableLocalAuth
  if (guarded && turnsOff && anyRecentUse(account, usage, arm.clock.now())) {
    return { ...refusals.recentlyUsed('An account key'), note: { body: note } }
  }
  const flags = differences(account.flags, change.flags)
  const others =
    Object.keys(differences(settings.properties, change.properties)).length > 0 ||
    (change.identity !== undefined &&
      !same(identityOf(arm.tenantId, change.identity), settings.identity))
  const also = others ? () => apply(arm, change) : undefined
  const started = account.update({
    flags,
    ...(change.locations ? { locations: change.locations } : {}),
    ...(also ? { also } : {}),
  })
  return begun(arm, call, started, note)
}

function apply(arm: ArmOptions, change: Change): void {
  const { settings } = arm
  settings.properties = { ...settings.properties, ...change.properties }
  settings.kind = change.kind ?? settings.kind
  if (change.identity) settings.identity = identityOf(arm.tenantId, change.identity)
}

/** Azure gives each identity its ids; the simulator's open nothing. */
function identityOf(tenantId: string, { type, userAssignedIdentities }: JsonObject): JsonObject {
  const own = /\bSystemAssigned\b/.test(String(type))
    ? { principalId: guidFrom('principal of the account'), tenantId }
    : {}
  const given = asObject(userAssignedIdentities)
  const assigned = Object.keys(given ?? {}).map(id => [
    id,
    { clientId: guidFrom(`client of ${id}`), principalId: guidFrom(`principal of ${id}`) },
  ])
  const all = given ? { userAssignedIdentities: Object.fromEntries(assigned) } : {}
  return { type, ...own, ...all }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What is asked for and is not so yet. */
function differences<T extends object>(now: T, asked: Partial<T>): Partial<T> {
  const entries = Object.entries(asked).filter(
    ([name, value]) => !same(Reflect.get(now, name), value),
  )
  return Object.fromEntries(entries) as Partial<T>
}

export function deleteAccount(arm: ArmOptions, call: Call): Reply {
  return begun(arm, call, arm.account.remove(), undefined)
}

export function changeFailoverPriorities(arm: ArmOptions, call: Call): Reply {
  const policies = readLocations(jsonObject(call)?.['failoverPolicies'])
  if (policies === null) return refusals.invalidContent()
  const body = { failoverPolicies: policies }
  return begun(arm, call, arm.account.failover(policies), body)
}

export function takeRegionOffline(arm: ArmOptions, call: Call): Reply {
  const region = jsonObject(call)?.['region']
  if (typeof region !== 'string') return refusals.invalidContent()
  return begun(arm, call, arm.account.takeOffline(region), { region })
}

export function bringRegionOnline(arm: ArmOptions, call: Call): Reply {
  const region = jsonObject(call)?.['region']
  if (typeof region !== 'string') return refusals.invalidContent()
  return begun(arm, call, arm.account.bringOnline(region), { region })
}

export const getAccount = (arm: ArmOptions, call: Call): Reply => ({
  status: 200,
  body: shownAccount(arm, call),
})
