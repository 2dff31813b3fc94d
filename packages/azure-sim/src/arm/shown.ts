import type { Call } from '../http/call.ts'
import type { ArmOptions } from './options.ts'
import { accountResource } from './resource.ts'

/** The account as the version that was asked for shows it. */
export function shownAccount(arm: ArmOptions, call: Call) {
  return accountResource({
    account: arm.account,
    settings: arm.settings,
    names: arm.names,
    globalEndpoint: arm.globalEndpoint(),
    apiVersion: call.query.get('api-version') ?? '',
    lastUse: key => arm.usage.lastUse(key, arm.clock.now()),
  })
}
