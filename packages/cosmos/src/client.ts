import { CosmosClient } from '@azure/cosmos'
import type { Engine } from './engine/engine.ts'
import { ClientKeys } from './keys.ts'
import { checkOptions, type ResilientCosmosClientOptions } from './options.ts'
import { engineOf } from './resilient.ts'

/**
 * The SDK's client with both account keys: it signs at each network attempt with the key that is
 * active at that moment, fails over on a wrong-key 401, and follows its source without a restart.
 *
 * ```ts
 * const client = new ResilientCosmosClient({ endpoint, keys: sidecar() })
 * ```
 *
 * Everything else is the SDK's, and Azure's own errors reach the caller as the SDK made them.
 * Added: `KEYS_UNAVAILABLE`, where no keyset comes within a second, and `CLIENT_CLOSED`.
 */
export class ResilientCosmosClient extends CosmosClient {
  /** Which key signs, how each stands, and events: `client.keys.status()`, `client.keys.on(…)`. */
  readonly keys: ClientKeys
  readonly #engine: Engine

  /** @throws OptionError where options contradict `keys`, with what to do. */
  constructor(options: ResilientCosmosClientOptions) {
    checkOptions(options)
    const { keys, transport, httpClient, defaultHeaders, ...rest } = options
    const engine = engineOf(keys, { transport, httpClient, agent: rest.agent })
    try {
      super({
        ...rest,
        // The SDK writes into this object: the caller's stays as it is.
        ...(defaultHeaders && { defaultHeaders: { ...defaultHeaders } }),
        tokenProvider: engine.tokenProvider,
        httpClient: engine,
      })
    } catch (error) {
      engine.dispose()
      throw error
    }
    this.#engine = engine
    this.keys = new ClientKeys(engine)
  }

  /** Resolves when nothing is in flight any longer and all that it started has ended. */
  async close(): Promise<void> {
    super.dispose()
    await this.#engine.close()
  }

  /** `close()` for those who cannot wait for its end. */
  override dispose(): void {
    super.dispose()
    this.#engine.dispose()
  }

  /** `close()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
