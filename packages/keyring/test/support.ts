import { randomBytes } from 'node:crypto'
import type { Slot } from '@keyturn/core'
import {
  type Clock,
  Key,
  type LiveKeyset,
  type RefreshReason,
  type RingSink,
  type Source,
  type SourceStatus,
} from '@keyturn/keyring'

export const newKey = (): string => randomBytes(64).toString('base64')

export const account =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/x'

export const keyset = (
  keys: Record<Slot, Key>,
  change: Partial<Omit<LiveKeyset, 'keys'>> = {},
): LiveKeyset => ({
  account,
  endpoint: 'https://x.documents.azure.com',
  pair: 'readWrite',
  installation: 'one',
  version: 1,
  active: 'primary',
  fenced: [],
  keys,
  ...change,
})

export const twoKeys = (): Record<Slot, Key> => ({
  primary: new Key(newKey()),
  secondary: new Key(newKey()),
})

/** A source that a test plays by hand. */
export class ManualSource implements Source {
  readonly kind = 'keyVault'
  readonly stalenessMsMax = 0
  sink: RingSink | null = null
  readonly refreshes: RefreshReason[] = []
  /** What a refresh does; by default it finds nothing new. */
  onRefresh: (signal: AbortSignal) => Promise<void> = async () => {}
  stopped = false

  start(sink: RingSink): void {
    this.sink = sink
  }

  async refresh(reason: RefreshReason, signal: AbortSignal): Promise<void> {
    this.refreshes.push(reason)
    await this.onRefresh(signal)
  }

  status(): SourceStatus {
    return { kind: 'keyVault', serving: null, ageMs: null, lastError: null }
  }

  async stop(): Promise<void> {
    this.stopped = true
  }
}

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  #now = 0
  #sleepers: { readonly at: number; readonly wake: () => void }[] = []

  now(): number {
    return this.#now
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      this.#sleepers.push({ at: this.#now + ms, wake: resolve })
    })
  }

  pass(ms: number): void {
    this.#now += ms
    const due = this.#sleepers.filter(({ at }) => at <= this.#now)
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now)
    for (const { wake } of due) wake()
  }
}
