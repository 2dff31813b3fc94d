import type { Facts, Permission } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'

const accounts = 'Microsoft.DocumentDB/databaseAccounts'

/** What a rotation asks of ARM; nothing more is sent, but for `retire`. */
export const rotationActions: readonly string[] = [
  `${accounts}/read`,
  `${accounts}/listKeys/action`,
  `${accounts}/regenerateKey/action`,
]

/** Reads by which the doctor itself sees further. */
export const doctorActions: readonly string[] = [
  'Microsoft.Authorization/permissions/read',
  'Microsoft.Authorization/locks/read',
]

/** What a keyset's secret takes of the coordinator, and of a sidecar. */
export const coordinatorDataActions: readonly string[] = [
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  'Microsoft.KeyVault/vaults/secrets/setSecret/action',
]
export const sidecarDataActions: readonly string[] = [
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
]

/** As `az role definition create --role-definition` takes it. */
export interface RoleDefinition {
  readonly Name: string
  readonly IsCustom: true
  readonly Description: string
  readonly Actions: readonly string[]
  readonly NotActions: readonly string[]
  readonly DataActions: readonly string[]
  readonly NotDataActions: readonly string[]
  readonly AssignableScopes: readonly string[]
}

/** The role that grants a coordinator exactly what it asks of ARM. Assignable in its group. */
export const coordinatorRole = (account: string): RoleDefinition => ({
  Name: 'Keyturn Coordinator',
  IsCustom: true,
  Description: 'Reads an Azure Cosmos DB account and its keys, and regenerates them.',
  Actions: [...rotationActions, ...doctorActions],
  NotActions: [],
  DataActions: [],
  NotDataActions: [],
  AssignableScopes: [account.split('/').slice(0, 5).join('/')],
})

const covers = (pattern: string, action: string): boolean => {
  const parts = pattern.split('*').map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action)
}

/**
 * Whether one of the roles grants the action and does not take it back: grants add up, and
 * `notActions` are no denial by another role (learn.microsoft.com, "Understand Azure role
 * definitions").
 */
export const isGranted = (permissions: readonly Permission[], action: string): boolean =>
  permissions.some(
    ({ actions, notActions }) =>
      actions.some(pattern => covers(pattern, action)) &&
      !notActions.some(pattern => covers(pattern, action)),
  )

const says = trouble('rights')

export const judgeRights = ({ permissions }: Facts): readonly Finding[] => {
  if (!permissions.known) {
    return [
      says(
        'unasked',
        'RIGHTS_UNKNOWN',
        `What this identity may do at the account could not be asked (${permissions.why}).`,
        'Grant Microsoft.Authorization/permissions/read at the account, or compare its role with the one that --role prints.',
      ),
    ]
  }
  const missing = rotationActions.filter(action => !isGranted(permissions.value, action))
  return missing.length === 0
    ? [well('rights', 'This identity may read the account, list its keys and regenerate them.')]
    : [
        says(
          'wrong',
          'RIGHT_MISSING',
          `This identity is not granted ${missing.join(', ')} at the account.`,
          'Create the role that keyturn doctor --role prints, and assign it at the account.',
        ),
      ]
}
