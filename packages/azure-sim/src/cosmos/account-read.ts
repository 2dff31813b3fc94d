import type { Region } from '../account/types.ts'
import type { ConsistencyLevel } from './consistency.ts'
import type { Json } from './json.ts'

export interface AccountIdentity {
  /** The account's name, as in `https://{name}.documents.azure.com`. */
  readonly name: string
}

/** What the service says its query engine allows; a text within the JSON, as the service sends it. */
const queryEngineConfiguration = JSON.stringify({
  maxSqlQueryInputLength: 262_144,
  maxJoinsPerSqlQuery: 10,
  maxLogicalAndPerSqlQuery: 2_000,
  maxLogicalOrPerSqlQuery: 2_000,
  maxUdfRefPerSqlQuery: 10,
  maxInExpressionItemsCount: 16_000,
  queryMaxInMemorySortDocumentCount: 500,
  maxQueryRequestTimeoutFraction: 0.9,
  sqlAllowNonFiniteNumbers: false,
  sqlAllowAggregateFunctions: true,
  sqlAllowSubQuery: true,
  sqlAllowScalarSubQuery: true,
  allowNewKeywords: true,
  sqlAllowLike: true,
  sqlAllowGroupByClause: true,
  maxSpatialQueryCells: 12,
  spatialMaxGeometryPointCount: 256,
  sqlDisableQueryILOptimization: false,
  sqlDisableFilterPlanOptimization: false,
  sqlAllowTop: true,
  enableSpatialIndexing: true,
})

/** The account's own resource: where it is written and read. Regions that do not listen are left out. */
export function describeAccount(
  account: AccountIdentity,
  regions: readonly Region[],
  defaultConsistencyLevel: ConsistencyLevel = 'Session',
): Json {
  const listening = regions.filter(({ endpoint }) => endpoint !== '')
  const location = ({ name, endpoint }: Region) => ({ name, databaseAccountEndpoint: endpoint })
  return {
    _self: '',
    id: account.name,
    _rid: `${account.name}.documents.azure.com`,
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: listening.filter(({ writable }) => writable).map(location),
    readableLocations: listening.map(location),
    enableMultipleWriteLocations: false,
    continuousBackupEnabled: false,
    enableNRegionSynchronousCommit: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 3, maxReplicasetSize: 4 },
    userConsistencyPolicy: { defaultConsistencyLevel },
    systemReplicationPolicy: {
      minReplicaSetSize: 3,
      maxReplicasetSize: 4,
      asyncReplication: false,
    },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration,
  }
}
