import type { Account } from '../account/account.ts'
import type { KeyKind } from '../account/types.ts'
import type { KeyUsage } from '../account/usage.ts'

export interface ResourceNames {
  readonly subscriptionId: string
  readonly resourceGroup: string
}

/** Which usage to show and as of when; absent in versions that do not know it. */
export interface ShownUsage {
  readonly usage: KeyUsage
  readonly now: number
}

/** How ARM calls each key in `listKeys` and `keysMetadata`. */
export const keyFields = {
  primary: 'primaryMasterKey',
  secondary: 'secondaryMasterKey',
  primaryReadonly: 'primaryReadonlyMasterKey',
  secondaryReadonly: 'secondaryReadonlyMasterKey',
} as const satisfies Record<KeyKind, string>

/** `West US` → `westus`: a location's name in ids and paths. */
export const normalized = (location: string): string => location.replace(/ /g, '').toLowerCase()

export function accountId(names: ResourceNames, accountName: string): string {
  return (
    `/subscriptions/${names.subscriptionId}/resourceGroups/${names.resourceGroup}` +
    `/providers/Microsoft.DocumentDB/databaseAccounts/${accountName}`
  )
}

/** The account as `DatabaseAccountGetResults` (cosmos-db.json) has it. */
export function accountResource(
  account: Account,
  names: ResourceNames,
  globalEndpoint: string,
  shownUsage?: ShownUsage,
) {
  const { flags } = account
  return {
    id: accountId(names, account.name),
    name: account.name,
    location: account.regions[0]?.name ?? '',
    type: 'Microsoft.DocumentDB/databaseAccounts',
    kind: 'GlobalDocumentDB',
    tags: flags.tags,
    systemData: { createdAt: new Date(account.createdAt).toISOString() },
    properties: {
      provisioningState: account.provisioningState(),
      documentEndpoint: globalEndpoint,
      ...unchanging,
      disableKeyBasedMetadataWriteAccess: flags.disableKeyBasedMetadataWriteAccess,
      disableLocalAuth: flags.disableLocalAuth,
      capabilities: flags.capabilities.map(name => ({ name })),
      ...locations(account),
      instanceId: account.instanceId,
      keysMetadata: keysMetadata(account, shownUsage),
    },
  }
}

/** What no operation of the simulator changes. */
const unchanging = {
  databaseAccountOfferType: 'Standard',
  ipRules: [],
  isVirtualNetworkFilterEnabled: false,
  virtualNetworkRules: [],
  enableAutomaticFailover: true,
  enableMultipleWriteLocations: false,
  publicNetworkAccess: 'Enabled',
  consistencyPolicy: {
    defaultConsistencyLevel: 'Session',
    maxIntervalInSeconds: 5,
    maxStalenessPrefix: 100,
  },
  cors: [],
  minimalTlsVersion: 'Tls12',
} as const

function locations({ name, regions }: Account) {
  const all = regions.map((region, failoverPriority) => ({
    id: `${name}-${normalized(region.name)}`,
    locationName: region.name,
    documentEndpoint: region.endpoint,
    provisioningState: 'Succeeded',
    failoverPriority,
    isZoneRedundant: false,
  }))
  return {
    writeLocations: all.filter((_, at) => regions[at]?.writable),
    readLocations: all,
    locations: all,
    failoverPolicies: all.map(({ id, locationName, failoverPriority }) => ({
      id,
      locationName,
      failoverPriority,
    })),
  }
}

function keysMetadata(account: Account, shownUsage: ShownUsage | undefined) {
  const metadata = (kind: KeyKind) => {
    const { key, generationTime } = account.shown(kind)
    const lastUse = shownUsage?.usage.lastUse(key, shownUsage.now)
    return {
      generationTime: new Date(generationTime).toISOString(),
      ...(lastUse === undefined
        ? {}
        : { approximateLastUsageTime: new Date(lastUse).toISOString() }),
    }
  }
  return {
    primaryMasterKey: metadata('primary'),
    secondaryMasterKey: metadata('secondary'),
    primaryReadonlyMasterKey: metadata('primaryReadonly'),
    secondaryReadonlyMasterKey: metadata('secondaryReadonly'),
  }
}

/** All keys in the order of the recorded answer, or the read-only ones alone. */
export function keyList(account: Account, kinds: readonly KeyKind[]): Record<string, string> {
  return Object.fromEntries(kinds.map(kind => [keyFields[kind], account.shown(kind).key.value]))
}

const connectionNames = {
  primary: ['Primary SQL Connection String', 'Primary'],
  secondary: ['Secondary SQL Connection String', 'Secondary'],
  primaryReadonly: ['Primary Read-Only SQL Connection String', 'PrimaryReadonly'],
  secondaryReadonly: ['Secondary Read-Only SQL Connection String', 'SecondaryReadonly'],
} as const satisfies Record<KeyKind, readonly [string, string]>

export function connectionStrings(
  account: Account,
  globalEndpoint: string,
  kinds: readonly KeyKind[],
) {
  return kinds.map(kind => {
    const [description, keyKind] = connectionNames[kind]
    const { value } = account.shown(kind).key
    const connectionString = `AccountEndpoint=${globalEndpoint};AccountKey=${value};`
    return { connectionString, description, keyKind, type: 'Sql' }
  })
}
