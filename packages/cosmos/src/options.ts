import type { CosmosClientOptions } from '@azure/cosmos'
import { OptionError } from './errors.ts'
import type { Keys } from './keys-option.ts'
import type { TransportOptions } from './transport/undici.ts'

/**
 * `CosmosClientOptions` with `keys` in place of `key`. What names another way to authorize is
 * refused: the SDK would silently prefer one of the two.
 */
export interface ResilientCosmosClientOptions
  extends Omit<
    CosmosClientOptions,
    | 'key'
    | 'tokenProvider'
    | 'aadCredentials'
    | 'resourceTokens'
    | 'permissionFeed'
    | 'connectionString'
  > {
  /** The account's URI, for example `https://name.documents.azure.com`. */
  readonly endpoint: string
  /**
   * A source, several in the order of preference, a `Ring` that several clients share, or a literal
   * `{ primary, secondary }`.
   */
  readonly keys: Keys
  /** For the connections that the client opens itself; not with `agent` or `httpClient`. */
  readonly transport?: TransportOptions
}

/** Options of the SDK that name another way to authorize, and what to do. */
const contradicting = {
  key: 'Pass both keys of the account as "keys: { primary, secondary }" instead',
  tokenProvider: 'Remove it: the keys sign every request',
  aadCredentials: 'Remove it, or use the plain CosmosClient: an identity needs no keys',
  resourceTokens: 'Remove it, or use the plain CosmosClient: resource tokens are not account keys',
  permissionFeed: 'Remove it, or use the plain CosmosClient: resource tokens are not account keys',
  connectionString:
    'Pass its AccountEndpoint as "endpoint", and both keys as "keys: { primary, secondary }" instead',
} as const satisfies Partial<Record<keyof CosmosClientOptions, string>>

/** @throws OptionError with what to do, where options contradict `keys` or one another. */
export const checkOptions = (options: ResilientCosmosClientOptions): void => {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(
      'ResilientCosmosClient takes an object with "endpoint" and "keys", not a connection string.',
    )
  }
  for (const [name, remedy] of Object.entries(contradicting)) {
    if (name in options && Reflect.get(options, name) !== undefined) {
      throw new OptionError(`"${name}" contradicts "keys". ${remedy}.`)
    }
  }
  if (typeof options.endpoint !== 'string' || options.endpoint === '') {
    throw new OptionError(
      '"endpoint" is missing. Pass the account\'s URI, such as https://name.documents.azure.com.',
    )
  }
  checkConnections(options)
}

/** What undici takes a duration for; its own words for others would come with the first request. */
const isDuration = (ms: unknown): boolean => typeof ms === 'number' && Number.isFinite(ms) && ms > 0

const isCount = (count: unknown): boolean =>
  typeof count === 'number' && Number.isInteger(count) && count > 0

/** @throws OptionError where a number cannot be. */
const checkTransport = ({ connections, keepAliveMs }: TransportOptions): void => {
  if (connections !== undefined && !isCount(connections)) {
    throw new OptionError(
      '"transport.connections" is no whole number above 0. Pass one, or none for 65.',
    )
  }
  if (keepAliveMs !== undefined && !isDuration(keepAliveMs)) {
    throw new OptionError(
      '"transport.keepAliveMs" is no number of milliseconds above 0. Pass one, or none for 60,000.',
    )
  }
}

/**
 * @throws OptionError where there are two ways to connect, one of which would have no effect, or
 * where a number cannot be.
 */
export const checkConnections = (
  options: Pick<ResilientCosmosClientOptions, 'transport' | 'agent' | 'httpClient'>,
): void => {
  if (options.transport !== undefined) checkTransport(options.transport)
  for (const name of ['agent', 'httpClient'] as const) {
    if (options.transport !== undefined && options[name] !== undefined) {
      throw new OptionError(
        `"transport" has no effect on your own "${name}". Configure that one, and remove the other.`,
      )
    }
  }
}
