import type { Row } from './row.ts'
import { row } from './row.ts'
import { clientRows } from './rows/client.ts'
import { containerRows } from './rows/containers.ts'
import { encryptionRows } from './rows/encryption.ts'
import { feedRows } from './rows/feeds.ts'
import { itemRows } from './rows/items.ts'
import { queryRows } from './rows/queries.ts'
import { scriptRows } from './rows/scripts.ts'
import { userRows } from './rows/users.ts'

/** Every call of the SDK's public surface, in an order in which each finds what it needs. */
export const table: readonly Row[] = [
  ...clientRows,
  ...containerRows,
  ...itemRows,
  ...queryRows,
  ...feedRows,
  ...scriptRows,
  ...userRows,
  ...encryptionRows,
  row('CosmosClient.dispose', 'ends a client', ({ client }) => client.dispose()),
]
