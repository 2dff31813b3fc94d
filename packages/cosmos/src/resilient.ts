import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import type { Agent, TokenProvider } from '@azure/cosmos'
import { Engine } from './engine/engine.ts'
import { ClientKeys } from './keys.ts'
import type { Keys } from './keys-option.ts'
import { ringFor } from './rings.ts'
import type { Transport } from './transport/transport.ts'
import { type TransportOptions, undiciTransport } from './transport/undici.ts'
import { wrappedTransport } from './transport/wrapped.ts'

export interface ResilientOptions {
  /** For the connections that the engine opens itself. */
  readonly transport?: TransportOptions
  /** Your own HTTP client; signs and fails over all the same, on your connections. */
  readonly httpClient?: HttpClient
  /** Your own `https.Agent`, used through the SDK's default HTTP client. */
  readonly agent?: Pick<Agent, 'maxSockets'>
}

/** The two options of a `CosmosClient` that somebody else builds. */
export interface Resilient {
  readonly tokenProvider: TokenProvider
  readonly httpClient: HttpClient
  /** Status and events. Not copied by a spread. */
  readonly keys: ClientKeys
  /** Ends what was started here; the `CosmosClient` is its owner's. Not copied by a spread. */
  close(): Promise<void>
}

const transportOf = ({ agent, httpClient, transport }: ResilientOptions): Transport => {
  if (httpClient) return wrappedTransport(httpClient, Number.POSITIVE_INFINITY)
  if (agent) return wrappedTransport(createDefaultHttpClient(), agent.maxSockets)
  return undiciTransport(transport)
}

export const engineOf = (keys: Keys, options: ResilientOptions): Engine => {
  const transport = transportOf(options)
  return new Engine({ lease: ringFor(keys), transport })
}

/**
 * The engine of `ResilientCosmosClient` for a client that a framework builds:
 * `new CosmosClient({ endpoint, ...resilient(keys) })`.
 *
 * @throws TypeError where `keys` is neither a source, a ring nor a pair of account keys.
 */
export const resilient = (keys: Keys, options: ResilientOptions = {}): Resilient => {
  const engine = engineOf(keys, options)
  const both: Resilient = {
    tokenProvider: engine.tokenProvider,
    httpClient: engine,
    keys: new ClientKeys(engine.ring, engine.events),
    close: () => engine.close(),
  }
  return Object.defineProperties(both, {
    keys: { enumerable: false },
    close: { enumerable: false },
  })
}
