import type { Account } from '../account/account.ts'
import type { Place, PlaceState } from '../account/geography.ts'
import { normalized } from '../account/locations.ts'
import type { AccountKey, KeyKind } from '../account/types.ts'
import type { AccountSettings } from './settings.ts'
import { shows, showsLastUsage } from './versions.ts'

export interface ResourceNames {
  readonly subscriptionId: string
  readonly resourceGroup: string
}

/** How ARM calls each key in `listKeys` and `keysMetadata`. */
export const keyFields = {
  primary: 'primaryMasterKey',
  secondary: 'secondaryMasterKey',
  primaryReadonly: 'primaryReadonlyMasterKey',
  secondaryReadonly: 'secondaryReadonlyMasterKey',
} as const satisfies Record<KeyKind, string>

export function accountId(names: ResourceNames, accountName: string): string {
  return (
    `/subscriptions/${names.subscriptionId}/resourceGroups/${names.resourceGroup}` +
    `/providers/Microsoft.DocumentDB/databaseAccounts/${accountName}`
  )
}

export interface Shown {
  readonly account: Account
  readonly settings: AccountSettings
  readonly names: ResourceNames
  readonly globalEndpoint: string
  readonly apiVersion: string
  /** What Azure knows of a key's last use. */
  readonly lastUse: (key: AccountKey) => number | undefined
}

/** The account as `DatabaseAccountGetResults` (cosmos-db.json) has it. */
export function accountResource(shown: Shown) {
  const { account, settings, names, globalEndpoint, apiVersion } = shown
  const { flags, life } = account
  const all = {
    provisioningState: account.provisioningState(),
    // Recorded: while an account is created it has no endpoint yet.
    documentEndpoint: life === 'creating' ? undefined : globalEndpoint,
    databaseAccountOfferType: 'Standard',
    createMode: 'Default',
    ...settings.properties,
    disableKeyBasedMetadataWriteAccess: flags.disableKeyBasedMetadataWriteAccess,
    disableLocalAuth: flags.disableLocalAuth,
    capabilities: flags.capabilities.map(name => ({ name })),
    ...locations(account),
    instanceId: account.instanceId,
    keysMetadata: keysMetadata(shown),
  }
  return {
    id: accountId(names, account.name),
    name: account.name,
    location: settings.location,
    type: 'Microsoft.DocumentDB/databaseAccounts',
    kind: settings.kind,
    tags: flags.tags,
    identity: settings.identity,
    systemData: { createdAt: new Date(account.createdAt).toISOString() },
    properties: Object.fromEntries(Object.entries(all).filter(([name]) => shows(apiVersion, name))),
  }
}

/** ARM's own words for a region on its way; an offline one is assumed. */
const placeStates = {
  adding: 'Creating',
  online: 'Succeeded',
  removing: 'Deleting',
  offline: 'Offline',
} as const satisfies Record<PlaceState, string>

function locations(account: Account) {
  const { name, geography } = account
  const overall = account.provisioningState()
  const state = (place: Place): string => {
    const own = placeStates[place.state]
    // Recorded: a PATCH shows in every region, too.
    return own === 'Succeeded' ? overall : own
  }
  const all = geography.locations().map((place, failoverPriority) => ({
    id: `${name}-${normalized(place.name)}`,
    locationName: place.name,
    documentEndpoint: place.state === 'adding' || !place.endpoint ? undefined : place.endpoint,
    provisioningState: state(place),
    failoverPriority,
    isZoneRedundant: false,
  }))
  const writable = geography.locations().findIndex(place => place.writable)
  return {
    writeLocations: all.filter((_, at) => at === writable),
    readLocations: all,
    locations: all,
    failoverPolicies: all.map(({ id, locationName, failoverPriority }) => ({
      id,
      locationName,
      failoverPriority,
    })),
  }
}

function keysMetadata({ account, lastUse, apiVersion }: Shown) {
  const metadata = (kind: KeyKind) => {
    const { key, generationTime } = account.shown(kind)
    const used = showsLastUsage(apiVersion) ? lastUse(key) : undefined
    return {
      generationTime: new Date(generationTime).toISOString(),
      ...(used === undefined ? {} : { approximateLastUsageTime: new Date(used).toISOString() }),
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
