import type { KeysStatus } from '@keyturn/cosmos'
import type { FailedOperation, Stage, TallySnapshot } from './tally.ts'

/** How an application comes by its key. */
export type KeySupply =
  /** The resilient client behind a sidecar. */
  | { readonly is: 'keyturn'; readonly socket: string }
  /** A plain client with a key from Key Vault, read again at most this often; `null`: never. */
  | {
      readonly is: 'plain'
      readonly vaultUrl: string
      readonly secret: string
      readonly pollMs: number | null
    }

export interface ApplicationOptions {
  readonly name: string
  readonly endpoint: string
  readonly keys: KeySupply
  readonly workers: number
  /** How long a worker rests after each operation, in ms; absent: not at all. */
  readonly thinkMs?: number | undefined
  /** By worker; absent: until told to stop. */
  readonly operationsMax?: readonly number[] | undefined
}

/** What the demo says to an application; it starts with its options. */
export type ToApplication =
  | { readonly say: 'start'; readonly options: ApplicationOptions }
  /** Every client is connected and the weather is set: the load begins. */
  | { readonly say: 'go' }
  | { readonly say: 'stage'; readonly stage: Stage }
  | { readonly say: 'stop' }

export interface Progress extends TallySnapshot {
  /** 401s that the client met and healed. */
  readonly healed401: number
  readonly keys: KeysStatus | null
}

export interface ApplicationResult extends Progress {
  readonly failures: readonly FailedOperation[]
  /** How many operations each worker ran. */
  readonly ran: readonly number[]
  /** HDR histograms, encoded. */
  readonly latencies: Readonly<Record<Stage, string>>
}

/** What an application says to the demo. */
export type FromApplication =
  | { readonly say: 'ready' }
  | { readonly say: 'progress'; readonly progress: Progress }
  | { readonly say: 'done'; readonly result: ApplicationResult }
  | { readonly say: 'failed'; readonly sentence: string }
