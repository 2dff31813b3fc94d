import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos'
import type { Test } from 'tap'
import type { KeyKind, Region } from '../../../src/account/types.ts'
import type { Chance } from '../../../src/chance.ts'
import type { Clock } from '../../../src/clock.ts'
import { type Cosmos, createCosmos } from '../../../src/cosmos/cosmos-front.ts'
import type { CosmosOptions } from '../../../src/cosmos/cosmos-options.ts'
import type { FaultRates } from '../../../src/cosmos/faults.ts'
import type { DataRecord } from '../../../src/witness.ts'
import { eastUs, HandKeys, westUs } from './account.ts'

/** The real time and as much more as a test asks for; waits end at once and are counted. */
export class ShiftedClock implements Clock {
  offsetMs = 0
  readonly slept: number[] = []
  now(): number {
    return Date.now() + this.offsetMs
  }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms)
  }
}

/** Chance as a hash of the seed and of what is named. */
export const seeded =
  (seed: number): Chance =>
  (...what) =>
    createHash('sha256')
      .update(JSON.stringify([seed, ...what]))
      .digest()
      .readUInt32BE() /
    2 ** 32

export interface Running {
  readonly cosmos: Cosmos
  readonly keys: HandKeys
  readonly clock: ShiftedClock
  readonly regions: Region[]
  readonly records: DataRecord[]
  readonly settings: { localAuthDisabled: boolean; metadataWritesDisabled: boolean }
  /** The endpoint of the global listener. */
  readonly endpoint: string
  client(kind?: KeyKind, more?: Partial<CosmosClientOptions>): CosmosClient
}

async function listen(t: Test, handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer(handler)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** An account of two regions behind real HTTP servers; ends with the test. */
export async function startCosmos(
  t: Test,
  options: {
    seed?: number
    weather?: Partial<FaultRates>
    region?: Partial<Region>
    cosmos?: Partial<CosmosOptions>
  } = {},
): Promise<Running> {
  const keys = new HandKeys()
  const clock = new ShiftedClock()
  const records: DataRecord[] = []
  const settings = { localAuthDisabled: false, metadataWritesDisabled: false }
  const regions: Region[] = [{ ...westUs }, { ...eastUs }]
  const cosmos = createCosmos({
    account: { name: 'keyturn' },
    regions: () => regions,
    keys,
    clock,
    chance: seeded(options.seed ?? 1),
    witness: { data: record => void records.push(record), arm: () => {}, vault: () => {} },
    settings: {
      disableLocalAuth: () => settings.localAuthDisabled,
      disableKeyBasedMetadataWriteAccess: () => settings.metadataWritesDisabled,
    },
    weather: options.weather ?? {},
    ...options.cosmos,
  })
  for (const region of regions) region.endpoint = await listen(t, cosmos.handlerFor(region.name))
  const endpoint = await listen(t, cosmos.globalHandler)
  const client = (kind: KeyKind = 'primary', more: Partial<CosmosClientOptions> = {}) => {
    const made = new CosmosClient({ endpoint, key: keys.get(kind).value, ...more })
    t.teardown(() => made.dispose())
    return made
  }
  return { cosmos, keys, clock, regions, records, settings, endpoint, client }
}
