import type { CosmosClientOptions } from '@azure/cosmos'
import type { Keys } from './keys-option.ts'
import type { TransportOptions } from './transport/undici.ts'

/** Options of the SDK that name another way to authorize. */
type Contradicting =
  | 'key'
  | 'tokenProvider'
  | 'aadCredentials'
  | 'resourceTokens'
  | 'permissionFeed'
  | 'connectionString'

export interface ResilientCosmosClientOptions extends Omit<CosmosClientOptions, Contradicting> {
  readonly endpoint: string
  readonly keys: Keys
  /** For the connections that the client opens itself; not with `agent` or `httpClient`. */
  readonly transport?: TransportOptions
}

const contradicting: Readonly<Record<Contradicting, string>> = {
  key: 'Pass both keys of the account as "keys: { primary, secondary }" instead',
  tokenProvider: 'Remove it: the keys sign every request',
  aadCredentials: 'Remove it, or use the plain CosmosClient: an identity needs no keys',
  resourceTokens: 'Remove it, or use the plain CosmosClient: resource tokens are not account keys',
  permissionFeed: 'Remove it, or use the plain CosmosClient: resource tokens are not account keys',
  connectionString: 'Pass "endpoint", and the keys as "keys: { primary, secondary }" instead',
}

/** @throws TypeError with what to do, where options contradict `keys` or one another. */
export const checkOptions = (options: ResilientCosmosClientOptions): void => {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      'ResilientCosmosClient takes an object with "endpoint" and "keys", not a connection string.',
    )
  }
  for (const [name, remedy] of Object.entries(contradicting)) {
    if (name in options && Reflect.get(options, name) !== undefined) {
      throw new TypeError(`"${name}" contradicts "keys". ${remedy}.`)
    }
  }
  for (const name of ['agent', 'httpClient'] as const) {
    if (options.transport !== undefined && options[name] !== undefined) {
      throw new TypeError(
        `"transport" has no effect on your own "${name}". Configure that one, and remove the other.`,
      )
    }
  }
}
