import { backgroundClock, type Clock, systemChance } from '../clock.ts'
import type { RefreshReason, RingSink, Source, SourceStatus } from '../source.ts'
import { FollowLoop, orAborted } from './follow-loop.ts'
import type { KeyVaultOptions } from './key-vault-options.ts'
import { Reading } from './reading.ts'
import { connectVault, vaultFailure } from './vault-client.ts'
import { VaultLayouts } from './vault-layouts.ts'
import { VaultSecrets } from './vault-secret.ts'

/** 6,000 sidecars that poll this often use a twentieth of what one vault allows. */
const defaultPollMs = 30_000
/** Longer than any healthy answer, token included. */
const readMsMax = 20_000
const backoff = { firstMs: 500, maxMs: 60_000 } as const

/** Keys in Key Vault: the one truth that a fleet follows. */
export class KeyVaultSource implements Source {
  readonly kind = 'keyVault'
  /** Key Vault answers with the latest version, or not at all. */
  readonly stalenessMsMax = 0
  readonly #options: KeyVaultOptions
  readonly #clock: Clock
  readonly #reading: Reading
  #loop: FollowLoop
  #layouts: VaultLayouts | null = null
  #sink: RingSink | null = null

  constructor(options: KeyVaultOptions) {
    this.#options = options
    this.#clock = options.clock ?? backgroundClock
    this.#reading = new Reading('keyVault', this.#clock)
    this.#loop = this.#makeLoop()
  }

  start(sink: RingSink): void {
    if (this.#loop.stopped) this.#loop = this.#makeLoop()
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

  #makeLoop(): FollowLoop {
    return new FollowLoop({
      read: signal => this.#read(signal),
      readMsMax,
      pollMs: this.#options.pollMs ?? defaultPollMs,
      backoff,
      clock: this.#clock,
      chance: this.#options.chance ?? systemChance,
    })
  }

  async #read(signal: AbortSignal): Promise<void> {
    try {
      this.#layouts ??= await this.#connect()
      const keyset = await orAborted(this.#layouts.look(signal), signal)
      if (this.#sink !== null) this.#reading.offer(this.#sink, keyset)
    } catch (error) {
      const { vaultUrl, secretName } = this.#options
      const name = typeof secretName === 'string' ? secretName : secretName.primary
      const failure = vaultFailure(error, vaultUrl, name)
      this.#reading.failed(failure.message)
      throw failure
    }
  }

  async #connect(): Promise<VaultLayouts> {
    const client = this.#options.client ?? (await connectVault(this.#options))
    return new VaultLayouts(new VaultSecrets(client, this.#options.vaultUrl), this.#options)
  }
}

/** Follows keys in Azure Key Vault: a keyset secret, two secrets, or Azure's tagged layout. */
export const keyVault = (options: KeyVaultOptions): KeyVaultSource => new KeyVaultSource(options)
