import { backgroundClock, type Clock, systemChance } from '../clock.ts'
import { parseKeyset } from '../document.ts'
import type { LiveKeyset, RefreshReason, RingSink, Source, SourceStatus } from '../source.ts'
import { FollowLoop, orAborted } from './follow-loop.ts'
import type { KeyVaultOptions, SecretReader } from './key-vault-options.ts'
import { Reading } from './reading.ts'
import { connectVault, vaultFailure } from './vault-client.ts'

/** 6,000 sidecars that poll this often use a twentieth of what one vault allows. */
const defaultPollMs = 30_000
/** Longer than any healthy answer, token included. */
const readMsMax = 20_000
const backoff = { firstMs: 500, maxMs: 60_000 } as const

/** A keyset in one Key Vault secret: the one truth that a fleet follows. */
export class KeyVaultSource implements Source {
  readonly kind = 'keyVault'
  /** Key Vault answers with the latest version, or not at all. */
  readonly stalenessMsMax = 0
  readonly #options: KeyVaultOptions
  readonly #clock: Clock
  readonly #reading: Reading
  readonly #loop: FollowLoop
  #client: SecretReader | null
  #sink: RingSink | null = null
  /** Versions of a secret never change, so each is parsed once. */
  #last: { readonly version: string; readonly keyset: LiveKeyset | Error } | null = null

  constructor(options: KeyVaultOptions) {
    this.#options = options
    this.#clock = options.clock ?? backgroundClock
    this.#reading = new Reading('keyVault', this.#clock)
    this.#client = options.client ?? null
    this.#loop = new FollowLoop({
      read: signal => this.#read(signal),
      readMsMax,
      pollMs: options.pollMs ?? defaultPollMs,
      backoff,
      clock: this.#clock,
      chance: options.chance ?? systemChance,
    })
  }

  start(sink: RingSink): void {
    this.#sink = sink
    this.#loop.start()
  }

  /** The read goes on when the caller stops waiting: what comes late is offered all the same. */
  refresh(_reason: RefreshReason, signal: AbortSignal): Promise<void> {
    return orAborted(this.#loop.now(), signal)
  }

  status(): SourceStatus {
    return this.#reading.status()
  }

  async stop(): Promise<void> {
    this.#sink = null
    await this.#loop.stop()
  }

  async #read(signal: AbortSignal): Promise<void> {
    const keyset = await orAborted(this.#fetch(signal), signal).catch((error: unknown) => {
      const failure = vaultFailure(error, this.#options)
      this.#reading.failed(failure.message)
      throw failure
    })
    if (this.#sink !== null) this.#reading.offer(this.#sink, keyset)
  }

  async #fetch(abortSignal: AbortSignal): Promise<LiveKeyset> {
    this.#client ??= await connectVault(this.#options)
    const { secretName } = this.#options
    const { value, properties } = await this.#client.getSecret(secretName, { abortSignal })
    const version = properties.version ?? null
    if (this.#last === null || this.#last.version !== version) {
      const keyset = parsed(value ?? '')
      this.#last = version === null ? null : { version, keyset }
      if (keyset instanceof Error) throw keyset
      return keyset
    }
    if (this.#last.keyset instanceof Error) throw this.#last.keyset
    return this.#last.keyset
  }
}

const parsed = (text: string): LiveKeyset | Error => {
  try {
    return parseKeyset(text)
  } catch (error) {
    return error instanceof Error ? error : new Error('The secret is not a keyset.')
  }
}

/** Follows a keyset secret in Azure Key Vault. */
export const keyVault = (options: KeyVaultOptions): KeyVaultSource => new KeyVaultSource(options)
