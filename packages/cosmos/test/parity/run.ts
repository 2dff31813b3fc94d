import tls from 'node:tls'
import { type CosmosClient, type CosmosClientOptions, CosmosDbDiagnosticLevel } from '@azure/cosmos'
import { AzureSim } from '@keyturn/azure-sim'
import { describe } from './describe.ts'
import { normalise, type Places } from './normalise.ts'
import type { Row, Scene } from './row.ts'
import { watch } from './surface.ts'

/** What came of a row. */
export interface Outcome {
  readonly row: Row
  /** What a caller sees, without what may differ. */
  readonly seen: unknown
  /** The members of the SDK that were used meanwhile. */
  readonly used: ReadonlySet<string>
  readonly keys: Keys
}

export type Open = (options: CosmosClientOptions, keys: Keys) => CosmosClient

export interface Keys {
  readonly primary: string
  readonly secondary: string
}

/** Wraps and unwraps by turning bytes: the way to a vault is no part of this. */
const keyEncryptionKeyResolver = {
  encryptionKeyResolverName: 'keyturn-test',
  wrapKey: async (_id: string, _algorithm: string, key: Uint8Array) => turned(key),
  unwrapKey: async (_id: string, _algorithm: string, key: Uint8Array) => turned(key),
}

const turned = (bytes: Uint8Array): Uint8Array => bytes.map(byte => byte ^ 0x5a)

/** The options of both clients; each adds only how it signs. */
const common = (endpoint: string): CosmosClientOptions => ({
  endpoint,
  diagnosticLevel: CosmosDbDiagnosticLevel.debugUnsafe,
  connectionPolicy: { enableBackgroundEndpointRefreshing: false },
})

/** A client of its own account for each: both start from the same, and do the same. */
export const runTable = async (table: readonly Row[], open: Open): Promise<readonly Outcome[]> => {
  const sim = await AzureSim.start({ seed: 41, keys: 'seeded', accountName: 'parity' })
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), sim.ca])
  const key = (slot: 'primary' | 'secondary'): string => sim.account.shown(slot).key.value
  const keys = { primary: key('primary'), secondary: key('secondary') }
  const clientEncryptionOptions = { keyEncryptionKeyResolver } as never
  const client = open(common(sim.endpoint), keys)
  const second = open({ ...common(sim.endpoint), clientEncryptionOptions }, keys)
  const database = client.database('parity')
  const scene: Scene = {
    client,
    database,
    container: database.container('items'),
    encrypting: second.database('parity'),
    kept: new Map(),
  }
  const places: Places = new Map(
    [sim.endpoint, ...sim.regions.map(({ endpoint }) => endpoint)].map((endpoint, at) => [
      new URL(endpoint).host,
      `<endpoint ${at}>`,
    ]),
  )
  const outcomes: Outcome[] = []
  try {
    for (const row of table) outcomes.push({ ...(await outcomeOf(row, scene, places)), keys })
  } finally {
    client.dispose()
    second.dispose()
    await sim.stop()
  }
  return outcomes
}

const outcomeOf = async (
  row: Row,
  scene: Scene,
  places: Places,
): Promise<Omit<Outcome, 'keys'>> => {
  const used = new Set<string>()
  const unwatch = watch(member => used.add(member))
  const answer = await Promise.resolve()
    .then(() => row.run(scene))
    .then(
      value => ({ answer: value }),
      (error: unknown) => ({ error }),
    )
  unwatch()
  return { row, used, seen: normalise(describe(answer), places) }
}
