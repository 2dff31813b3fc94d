import type { Json, JsonObject } from './json.ts'

/** What ARM shows of an account beside what the simulator itself acts upon. */
export interface AccountSettings {
  kind: string
  location: string
  identity: JsonObject
  /** Properties that are kept and shown, and change nothing. */
  properties: JsonObject
}

/** As a new account has them (recorded: Azure/azure-cli, test_cosmosdb_burst_capacity.yaml). */
export const newSettings = (location: string): AccountSettings => ({
  kind: 'GlobalDocumentDB',
  location,
  identity: { type: 'None' },
  properties: {
    apiProperties: {},
    ipRules: [],
    isVirtualNetworkFilterEnabled: false,
    virtualNetworkRules: [],
    enableAutomaticFailover: true,
    enableMultipleWriteLocations: false,
    publicNetworkAccess: 'Enabled',
    enableFreeTier: false,
    enableAnalyticalStorage: false,
    analyticalStorageConfiguration: { schemaType: 'WellDefined' },
    defaultIdentity: 'FirstPartyIdentity',
    networkAclBypass: 'None',
    networkAclBypassResourceIds: [],
    enablePartitionMerge: false,
    enableBurstCapacity: false,
    minimalTlsVersion: 'Tls12',
    consistencyPolicy: {
      defaultConsistencyLevel: 'Session',
      maxIntervalInSeconds: 5,
      maxStalenessPrefix: 100,
    },
    cors: [],
    diagnosticLogSettings: { enableFullTextQuery: 'None' },
    capacityMode: 'Provisioned',
    enableMaterializedViews: false,
    enablePriorityBasedExecution: false,
    defaultPriorityLevel: 'High',
    enablePerRegionPerPartitionAutoscale: false,
    backupPolicy: {
      type: 'Periodic',
      periodicModeProperties: {
        backupIntervalInMinutes: 240,
        backupRetentionIntervalInHours: 8,
        backupStorageRedundancy: 'Geo',
      },
    },
  },
})

type Check = (value: Json) => boolean
const isBoolean: Check = value => typeof value === 'boolean'
const isText: Check = value => typeof value === 'string'
const isList: Check = value => Array.isArray(value)
const isObject: Check = value =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const oneOf =
  (...words: readonly string[]): Check =>
  value =>
    words.includes(String(value))

/** Properties that PUT and PATCH take (cosmos-db.json, DatabaseAccountCreateUpdateProperties). */
export const keptProperties: Readonly<Record<string, Check>> = {
  consistencyPolicy: isObject,
  ipRules: isList,
  isVirtualNetworkFilterEnabled: isBoolean,
  enableAutomaticFailover: isBoolean,
  virtualNetworkRules: isList,
  enableMultipleWriteLocations: value => value === false,
  enableCassandraConnector: isBoolean,
  connectorOffer: oneOf('Small'),
  keyVaultKeyUri: isText,
  defaultIdentity: isText,
  publicNetworkAccess: oneOf('Enabled', 'Disabled', 'SecuredByPerimeter'),
  enableFreeTier: isBoolean,
  apiProperties: isObject,
  enableAnalyticalStorage: isBoolean,
  analyticalStorageConfiguration: isObject,
  backupPolicy: isObject,
  cors: isList,
  networkAclBypass: oneOf('None', 'AzureServices'),
  networkAclBypassResourceIds: isList,
  capacity: isObject,
  enablePartitionMerge: isBoolean,
  minimalTlsVersion: oneOf('Tls', 'Tls11', 'Tls12'),
  enableBurstCapacity: isBoolean,
  customerManagedKeyStatus: isText,
  diagnosticLogSettings: isObject,
  capacityMode: oneOf('None', 'Provisioned', 'Serverless'),
  enableMaterializedViews: isBoolean,
  enablePriorityBasedExecution: isBoolean,
  defaultPriorityLevel: oneOf('High', 'Low'),
  enablePerRegionPerPartitionAutoscale: isBoolean,
}

/** Properties that only a creation takes. */
export const firstProperties: Readonly<Record<string, Check>> = {
  createMode: oneOf('Default', 'Restore'),
  restoreParameters: isObject,
}
