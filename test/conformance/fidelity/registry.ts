import { arm } from './arm.ts'
import { cosmosAuth } from './cosmos-auth.ts'
import { cosmosDocuments } from './cosmos-documents.ts'
import { cosmosIdentity } from './cosmos-identity.ts'
import { cosmosQueries } from './cosmos-queries.ts'
import { cosmosRegions } from './cosmos-regions.ts'
import { cosmosReplication } from './cosmos-replication.ts'
import { entra } from './entra.ts'
import { evidence } from './evidence.ts'
import { management } from './management.ts'
import type { Section } from './row.ts'
import { vault } from './vault.ts'
import { weather } from './weather.ts'

/** Everything that the simulator claims, by service. */
export const registry: readonly Section[] = [
  evidence,
  ...[cosmosAuth, cosmosIdentity, cosmosRegions, cosmosReplication, cosmosDocuments, cosmosQueries],
  ...[arm, vault, entra, weather, management],
]
