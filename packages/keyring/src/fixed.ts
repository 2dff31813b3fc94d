import type { Pair, Slot } from '@keyturn/core'
import { type Clock, systemClock } from './clock.ts'
import { Key } from './key.ts'
import type { LiveKeyset, RingSink, Source, SourceStatus } from './source.ts'
import { plainKeyset } from './sources/plain.ts'

/** Both keys of a pair, as Azure shows them. */
export interface KeyPair {
  readonly primary: string
  readonly secondary: string
}

export interface FixedOptions extends KeyPair {
  /** Which slot signs; default `primary`. */
  readonly active?: Slot
  /** Default `readWrite`. */
  readonly pair?: Pair
  /** ARM resource id of the account, where it is known. */
  readonly account?: string
  readonly endpoint?: string
}

/**
 * A literal as a source. It cannot look for anything newer, so a client that has lost both keys
 * recovers by `replace`. Without version and fences it proves nothing to a coordinator.
 */
export class FixedSource implements Source {
  readonly kind = 'fixed'
  readonly stalenessMsMax = 0
  readonly #options: FixedOptions
  readonly #clock: Clock
  #keyset: LiveKeyset
  #offeredAt: number | null = null
  #sink: RingSink | null = null

  constructor(options: FixedOptions, clock: Clock = systemClock) {
    const { primary, secondary, ...rest } = options
    this.#keyset = keysetOf(options)
    this.#options = { ...rest, primary: '', secondary: '' }
    this.#clock = clock
  }

  /** Other keys in place of these; takes effect before it returns. */
  replace(keys: KeyPair & { readonly active?: Slot }): void {
    this.#keyset = keysetOf({ ...this.#options, ...keys })
    this.#offer()
  }

  start(sink: RingSink): void {
    this.#sink = sink
    this.#offer()
  }

  async refresh(): Promise<void> {
    this.#offer()
  }

  status(): SourceStatus {
    const ageMs = this.#offeredAt === null ? null : this.#clock.now() - this.#offeredAt
    return { kind: 'fixed', serving: this.#sink ? 'fixed' : null, ageMs, lastError: null }
  }

  async stop(): Promise<void> {
    this.#sink = null
  }

  #offer(): void {
    this.#sink?.offer(this.#keyset)
    this.#offeredAt = this.#clock.now()
  }
}

const keysetOf = ({ primary, secondary, active, ...subject }: FixedOptions): LiveKeyset =>
  plainKeyset(
    { primary: new Key(primary), secondary: new Key(secondary) },
    active ?? 'primary',
    subject,
  )

/**
 * A source of two keys known from the start.
 * @throws TypeError where one of them is not an account key; it never quotes it.
 */
export const fixed = (options: FixedOptions): FixedSource => new FixedSource(options)
