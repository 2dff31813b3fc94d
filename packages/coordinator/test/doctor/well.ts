import type { Fingerprint } from '@keyturn/core'
import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import type { Facts } from '../../src/doctor/facts.ts'

export const id =
  '/subscriptions/s/resourceGroups/shop/providers/Microsoft.DocumentDB/databaseAccounts/orders'
export const fingerprints = {
  primary: '1111111111111111' as Fingerprint,
  secondary: '2222222222222222' as Fingerprint,
}
export const publication = { version: 7, active: 'primary' as const, fenced: [], fingerprints }
export const yes = <T>(value: T) => ({ known: true as const, value })
export const no = (why: string, status?: number) => ({ known: false as const, why, status })

export const member: MemberStatus = {
  name: 'orders-1',
  incarnation: 'a',
  standing: 'joined',
  reportedMsAgo: 1_000,
  source: 'keyVault',
  held: publication as never,
  acknowledged: publication as never,
  proven: [],
  usage: [],
  clients: { attached: 1, lost: [] },
  durable: true,
  release: '0.2.0',
}

export const status: AccountStatus = {
  name: 'orders',
  account: id,
  endpoint: 'https://orders.documents.azure.com/',
  installation: 'i',
  published: { ...publication, fenced: [], confirmed: true },
  rotation: null,
  blockers: [],
  members: [member],
}

/** Everything is well in here. */
export const facts: Facts = {
  configured: {
    name: 'orders',
    account: id,
    pair: 'readWrite',
    endpoint: 'https://orders.documents.azure.com/',
    armEndpoint: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    vaultUrl: 'https://shop.vault.azure.net',
    secret: 'orders-keyset',
    asksEvidence: true,
    members: ['orders-1'],
    acceptsNoFleet: false,
    reportAgeMsMax: 45_000,
  },
  identity: yes({ objectId: 'o', tenant: 't' }),
  account: yes({
    provisioningState: 'Succeeded',
    documentEndpoint: 'https://orders.documents.azure.com:443/',
    localAuthDisabled: false,
    metadataWritesClosed: true,
    capabilities: [],
    publicNetworkAccess: 'Enabled',
    ipRules: 0,
    networkRules: 0,
    privateEndpoints: 0,
  }),
  permissions: yes([{ actions: ['*'], notActions: [] }]),
  locks: [{ scope: id, found: yes([]) }],
  keys: yes(fingerprints),
  vault: {
    read: yes({ latest: { ...publication, installation: 'i' }, foreign: false }),
    set: yes(true),
    authority: yes('https://login.windows.net/tenant'),
    bytes: 700,
  },
  regions: [
    {
      name: 'West US',
      endpoint: 'https://orders-westus.documents.azure.com/',
      reached: yes({ status: 401, blocked: false }),
      keys: { primary: null, secondary: null },
    },
  ],
  clocks: [{ of: 'Key Vault', aheadMs: yes(700) }],
  budget: { 'x-ms-ratelimit-remaining-subscription-reads': 249 },
  lastUse: yes({ azureNow: 0, lastUse: { primary: null, secondary: null } }),
  coordinator: yes(status),
  release: '0.2.0',
}
