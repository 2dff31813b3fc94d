import type { Principal } from '../entra/principals.ts'
import type { RoleDefinition } from '../entra/roles.ts'
import type { Lock } from './lock.ts'
import type { ArmOptions } from './options.ts'
import { accountId } from './resource.ts'

/** Versions of `Microsoft.Authorization/permissions` (learn.microsoft.com/rest/api/authorization). */
export const permissionVersions: readonly string[] = ['2015-07-01', '2018-07-01', '2022-04-01']

/** Versions of `Microsoft.Authorization/locks` (learn.microsoft.com/rest/api/resources). */
export const lockVersions: readonly string[] = [
  '2015-01-01',
  '2016-09-01',
  '2017-04-01',
  '2020-05-01',
]

/** Actions upon what a resource holds: role definitions list them apart. */
const isDataAction = (action: string): boolean =>
  /^microsoft\.(keyvault\/vaults\/secrets|documentdb\/databaseaccounts\/(sqldatabases|readmetadata))/i.test(
    action,
  )

/** What a caller may do at the account: one entry a role that it has there. */
export function permissionsOf({ actions, roles }: Principal) {
  const own: RoleDefinition[] = actions.length > 0 ? [{ actions, notActions: [] }] : []
  const value = [...own, ...roles].map(role => ({
    actions: role.actions.filter(action => !isDataAction(action)),
    notActions: role.notActions.filter(action => !isDataAction(action)),
    dataActions: role.actions.filter(isDataAction),
    notDataActions: role.notActions.filter(isDataAction),
  }))
  return { value }
}

type Scope = NonNullable<Lock['scope']>

/** From the account outwards. */
const order: readonly Scope[] = ['account', 'resourceGroup', 'subscription']

/** Where each scope is. */
export function scopesOf({ names, account }: ArmOptions): Readonly<Record<Scope, string>> {
  const subscription = `/subscriptions/${names.subscriptionId}`
  return {
    account: accountId(names, account.name),
    resourceGroup: `${subscription}/resourceGroups/${names.resourceGroup}`,
    subscription,
  }
}

/** Locks that lie at a scope, or below it; never those that it inherits. */
export function locksAt(arm: ArmOptions, scope: Scope) {
  const scopes = scopesOf(arm)
  const value = arm.locks().flatMap(({ level, scope: at = 'account' }, index) => {
    if (order.indexOf(at) > order.indexOf(scope)) return []
    const name = `lock-${index + 1}`
    return [
      {
        id: `${scopes[at]}/providers/Microsoft.Authorization/locks/${name}`,
        name,
        type: 'Microsoft.Authorization/locks',
        properties: { level },
      },
    ]
  })
  return { value }
}
