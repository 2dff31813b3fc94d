import { Agent as NodeAgent } from 'node:http'
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import type { Agent, TokenProvider } from '@azure/cosmos'
import { Engine } from './engine/engine.ts'
import { ClientKeys } from './keys.ts'
import type { Keys } from './keys-option.ts'
import { checkConnections } from './options.ts'
import { ringFor } from './rings.ts'
import type { Transport } from './transport/transport.ts'
import { type TransportOptions, undiciTransport } from './transport/undici.ts'
import { wrappedTransport } from './transport/wrapped.ts'

/** How the engine connects: `transport`, or an `httpClient` or `agent` of yours, or both of these. */
export interface ResilientOptions {
  /** For the connections that the engine opens itself. */
  readonly transport?: TransportOptions
  /** Your own HTTP client; signs and fails over all the same, on your connections. */
  readonly httpClient?: HttpClient
  /** Your own `https.Agent`, used through the SDK's default HTTP client. */
  readonly agent?: Agent
}

/** The two options of a `CosmosClient` that somebody else builds. */
export interface Resilient {
  /** Leaves an unsigned ticket in each operation; the signature is made at the attempt. */
  readonly tokenProvider: TokenProvider
  /** Signs each attempt, sends it, and repeats it under the other key where one was refused. */
  readonly httpClient: HttpClient
  /** Status and events. Not copied by a spread. */
  readonly keys: ClientKeys
  /** Ends what was started here; the `CosmosClient` is its owner's. Not copied by a spread. */
  close(): Promise<void>
}

/**
 * A client that somebody else builds knows nothing of the agent, and puts its own into a request;
 * an account read has none.
 */
const through = (agent: Agent, httpClient: HttpClient): HttpClient => ({
  sendRequest(request) {
    request.agent = agent
    return httpClient.sendRequest(request)
  },
})

/** Of an agent that is not Node's own nothing is known: in older ones of proxies the number is idle. */
const connectionsOf = (agent: Agent): number =>
  agent instanceof NodeAgent
    ? Math.min(agent.maxSockets, agent.maxTotalSockets)
    : Number.POSITIVE_INFINITY

const transportOf = ({ agent, httpClient, transport }: ResilientOptions): Transport => {
  if (httpClient) {
    const client = agent ? through(agent, httpClient) : httpClient
    return wrappedTransport(client, Number.POSITIVE_INFINITY)
  }
  if (agent) {
    return wrappedTransport(through(agent, createDefaultHttpClient()), connectionsOf(agent))
  }
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
 * @throws OptionError where `keys` is neither a source, a ring nor a pair of account keys, or
 * options contradict one another.
 */
export const resilient = (keys: Keys, options: ResilientOptions = {}): Resilient => {
  checkConnections(options)
  const engine = engineOf(keys, options)
  const both: Resilient = {
    tokenProvider: engine.tokenProvider,
    httpClient: engine,
    keys: new ClientKeys(engine),
    close: () => engine.close(),
  }
  return Object.defineProperties(both, {
    keys: { enumerable: false },
    close: { enumerable: false },
  })
}
