import { dataActions } from './data-actions.ts'

/** What a role of Cosmos DB's own grants; it takes nothing back, since there are no notDataActions. */
export interface DataRole {
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
}

const container = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers'

/**
 * Cosmos DB's two built-in data roles, by the names and with the actions that Microsoft publishes.
 * No other of Azure's roles reaches the data: `DocumentDB Account Contributor` reads no document.
 */
export const dataRoles: Readonly<Record<string, DataRole>> = {
  'Cosmos DB Built-in Data Reader': {
    actions: [
      dataActions.readMetadata,
      dataActions.itemRead,
      dataActions.executeQuery,
      dataActions.readChangeFeed,
    ],
    notActions: [],
  },
  'Cosmos DB Built-in Data Contributor': {
    actions: [dataActions.readMetadata, `${container}/*`, `${container}/items/*`],
    notActions: [],
  },
}

const known: ReadonlySet<unknown> = new Set(Object.values(dataRoles))

export const isDataRole = (role: unknown): boolean => known.has(role)
