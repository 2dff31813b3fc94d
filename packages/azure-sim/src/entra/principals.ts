import type { RegisteredCertificate } from './certificates.ts'
import type { RoleDefinition } from './roles.ts'

/** A service principal of the simulated tenant. Its secret opens nothing outside the simulator. */
export interface Principal {
  readonly name: string
  /** The application's id: what `AZURE_CLIENT_ID` holds. */
  readonly clientId: string
  /** What a token says in `oid` and a role assignment names. */
  readonly objectId: string
  readonly clientSecret: string
  /** Actions as Azure role definitions write them, `*` standing for anything. */
  readonly actions: readonly string[]
  /** Roles that it has beside these. */
  readonly roles: readonly RoleDefinition[]
  /** What a token says in `roles`. */
  readonly appRoles: readonly string[]
  /** Certificates by which it may prove itself instead of its secret. */
  readonly certificates: RegisteredCertificate[]
  /** What `IDENTITY_HEADER` holds where it is a managed identity. */
  readonly identityHeader: string
  /** The subject whose federated tokens are this principal: a Kubernetes service account. */
  readonly federatedSubject: string
}

/** Actions that the simulator asks for, by the names of Azure's role definitions. */
export const actions = {
  accountRead: 'Microsoft.DocumentDB/databaseAccounts/read',
  accountWrite: 'Microsoft.DocumentDB/databaseAccounts/write',
  accountDelete: 'Microsoft.DocumentDB/databaseAccounts/delete',
  listKeys: 'Microsoft.DocumentDB/databaseAccounts/listKeys/action',
  readOnlyKeys: 'Microsoft.DocumentDB/databaseAccounts/readonlykeys/action',
  readOnlyKeysRead: 'Microsoft.DocumentDB/databaseAccounts/readonlykeys/read',
  listConnectionStrings: 'Microsoft.DocumentDB/databaseAccounts/listConnectionStrings/action',
  regenerateKey: 'Microsoft.DocumentDB/databaseAccounts/regenerateKey/action',
  failover: 'Microsoft.DocumentDB/databaseAccounts/failoverPriorityChange/action',
  offlineRegion: 'Microsoft.DocumentDB/databaseAccounts/offlineRegion/action',
  onlineRegion: 'Microsoft.DocumentDB/databaseAccounts/onlineRegion/action',
  metrics: 'Microsoft.DocumentDB/databaseAccounts/metrics/read',
  metricDefinitions: 'Microsoft.DocumentDB/databaseAccounts/metricDefinitions/read',
  regionMetrics: 'Microsoft.DocumentDB/databaseAccounts/region/metrics/read',
  usages: 'Microsoft.DocumentDB/databaseAccounts/usages/read',
  nameRead: 'Microsoft.DocumentDB/databaseAccountNames/read',
  operationsRead: 'Microsoft.DocumentDB/operations/read',
  permissionsRead: 'Microsoft.Authorization/permissions/read',
  locksRead: 'Microsoft.Authorization/locks/read',
  secretGet: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  secretSet: 'Microsoft.KeyVault/vaults/secrets/setSecret/action',
  secretReadMetadata: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  secretUpdate: 'Microsoft.KeyVault/vaults/secrets/update/action',
  secretDelete: 'Microsoft.KeyVault/vaults/secrets/delete',
  secretRecover: 'Microsoft.KeyVault/vaults/secrets/recover/action',
  secretPurge: 'Microsoft.KeyVault/vaults/secrets/purge/action',
  secretBackup: 'Microsoft.KeyVault/vaults/secrets/backup/action',
  secretRestore: 'Microsoft.KeyVault/vaults/secrets/restore/action',
} as const

export type Action = (typeof actions)[keyof typeof actions]

/** Whether a principal may: one of its roles grants the action and does not take it back. */
export function may({ actions, roles }: Principal, action: string): boolean {
  return (
    grants(actions, action) ||
    roles.some(role => grants(role.actions, action) && !grants(role.notActions, action))
  )
}

/** Whether a grant covers an action, as Azure RBAC matches them: any case, `*` for any run. */
export function grants(granted: readonly string[], action: string): boolean {
  return granted.some(pattern => {
    const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(action)
  })
}
