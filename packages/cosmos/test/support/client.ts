import { CosmosClient, type CosmosClientOptions } from '@azure/cosmos'
import { Key, type LiveKeyset, Ring, type RingSink, type Source } from '@keyturn/keyring'
import { Engine, type EngineOptions } from '../../src/engine/engine.ts'
import { ClientKeys } from '../../src/keys.ts'
import { undiciTransport } from '../../src/transport/undici.ts'

/** A source that a test plays by hand: versions, fences and all. */
export class ManualSource implements Source {
  readonly kind = 'keyVault'
  readonly stalenessMsMax = 0
  refreshes = 0
  onRefresh: () => Promise<void> = async () => {}
  #sink: RingSink | null = null
  #version = 0

  start(sink: RingSink): void {
    this.#sink = sink
  }

  offer(primary: string, secondary: string, change: Partial<LiveKeyset> = {}): void {
    this.#version += 1
    this.#sink?.offer({
      account: '',
      endpoint: '',
      pair: 'readWrite',
      installation: 'test',
      version: this.#version,
      active: 'primary',
      fenced: [],
      keys: { primary: new Key(primary), secondary: new Key(secondary) },
      ...change,
    })
  }

  async refresh(): Promise<void> {
    this.refreshes += 1
    await this.onRefresh()
  }

  status() {
    return { kind: this.kind, serving: null, ageMs: null, lastError: null } as const
  }

  async stop(): Promise<void> {
    this.#sink = null
  }
}

/** An SDK client on an engine whose limits a test may set. */
export const openClient = (
  endpoint: string,
  {
    source = new ManualSource(),
    cosmos = {},
    ...options
  }: Partial<EngineOptions> & { source?: Source; cosmos?: Partial<CosmosClientOptions> } = {},
) => {
  const ring = new Ring({ source, chance: () => 0 })
  const transport = options.transport ?? undiciTransport({})
  const engine = new Engine({
    lease: {
      ring,
      start: () => void ring.start(),
      giveBack: ms => ring.stop(ms),
    },
    transport,
    ...options,
  })
  const client = new CosmosClient({
    endpoint,
    tokenProvider: engine.tokenProvider,
    httpClient: engine,
    ...cosmos,
  })
  const container = client.database('d').container('c')
  const close = async (): Promise<void> => {
    client.dispose()
    await engine.close()
  }
  return { client, container, engine, ring, keys: new ClientKeys(engine), close }
}

/** Resolves once an account read has proven what a failover made suspect. */
export const whenProven = async (ring: Ring): Promise<void> => {
  while (!ring.refusals.some(({ proven }) => proven)) await new Promise(setImmediate)
}
