import { dataRoles } from '../cosmos/identity/data-roles.ts'

/** What a role allows: its actions, less its notActions. */
export interface RoleDefinition {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
}

const role = (actions: readonly string[], notActions: readonly string[] = []): RoleDefinition => ({
  actions,
  notActions,
})

const accounts = 'Microsoft.DocumentDB/databaseAccounts'
const secrets = 'Microsoft.KeyVault/vaults/secrets'

/**
 * Azure's own roles, as far as they reach into this simulator (learn.microsoft.com, "Azure
 * built-in roles"). Contributor and Reader have no data actions: a vault's secrets are not theirs.
 */
export const builtInRoles: Readonly<Record<string, RoleDefinition>> = {
  ...dataRoles,
  Contributor: role(['*'], ['Microsoft.Authorization/*', `${secrets}/*`]),
  Reader: role(['*/read']),
  'DocumentDB Account Contributor': role([`${accounts}/*`]),
  'Cosmos DB Operator': role(
    [`${accounts}/*`],
    [
      `${accounts}/readonlyKeys/*`,
      `${accounts}/regenerateKey/*`,
      `${accounts}/listKeys/*`,
      `${accounts}/listConnectionStrings/*`,
    ],
  ),
  'Cosmos DB Account Reader Role': role([
    'Microsoft.DocumentDB/*/read',
    `${accounts}/readonlykeys/action`,
  ]),
  'Key Vault Secrets User': role([`${secrets}/getSecret/action`, `${secrets}/readMetadata/action`]),
  'Key Vault Secrets Officer': role([`${secrets}/*`]),
  'Key Vault Reader': role(['Microsoft.KeyVault/vaults/*/read', `${secrets}/readMetadata/action`]),
}
