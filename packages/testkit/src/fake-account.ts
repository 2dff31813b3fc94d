import { type Fingerprint, type Fingerprints, type Latest, type Slot, slots } from '@keyturn/core'
import { fingerprint } from './fingerprints.ts'

/** Azure as a rotation sees it: four facts of an account, one operation at a time, a vault. */
export class FakeAccount {
  keys: Record<Slot, Fingerprint> = { primary: fingerprint(0xa1), secondary: fingerprint(0xb1) }
  readonly regions = ['West US', 'North Europe']
  /** Keys that a region refuses, as `region key`. */
  readonly refusing = new Set<string>()
  /** Every `regenerateKey` that took effect. */
  readonly regenerated: Slot[] = []
  /** Every POST that reached ARM. */
  posts = 0
  /** Asked as one arrives, before it has any effect. */
  onPost: (slot: Slot) => void = () => {}
  vault: Latest | null = null
  #operation: { id: string; slot: Slot; endsAt: number; fails: boolean } | null = null
  #ended = new Map<string, 'succeeded' | 'failed'>()
  #serial = 0
  regenerationMs = 10_000
  fails = false
  /** Keys that Azure says were used in the last 12 hours, and refuses to regenerate. */
  readonly recentlyUsed = new Set<Fingerprint>()

  refuses(slot: Slot, { skipUsageCheck = false }): boolean {
    return this.recentlyUsed.has(this.keys[slot]) && !skipUsageCheck
  }

  /** Returns the operation, or `null` where another one holds the lock (412). */
  regenerate(slot: Slot, now: number): string | null {
    this.posts += 1
    if (this.#operation) return null
    this.onPost(slot)
    this.#serial += 1
    const id = `operation-${this.#serial}`
    this.#operation = { id, slot, endsAt: now + this.regenerationMs, fails: this.fails }
    return id
  }

  /** Somebody in the portal, in no time. */
  regenerateByHand(slot: Slot): void {
    this.#serial += 1
    this.keys = { ...this.keys, [slot]: fingerprint(0xf00 + this.#serial) }
  }

  pass(now: number): void {
    if (!this.#operation || now < this.#operation.endsAt) return
    const { id, slot, fails } = this.#operation
    this.#operation = null
    this.#ended.set(id, fails ? 'failed' : 'succeeded')
    if (fails) return
    this.regenerated.push(slot)
    this.#serial += 1
    this.keys = { ...this.keys, [slot]: fingerprint(0xc00 + this.#serial) }
  }

  get idle(): boolean {
    return this.#operation === null
  }

  get fingerprints(): Fingerprints {
    return { primary: this.keys.primary, secondary: this.keys.secondary }
  }

  status(operation: string): 'running' | 'succeeded' | 'failed' | 'forgotten' {
    return this.#operation?.id === operation
      ? 'running'
      : (this.#ended.get(operation) ?? 'forgotten')
  }

  accepts(region: string, key: Fingerprint): boolean {
    const current = slots.some(slot => this.keys[slot] === key)
    return current && !this.refusing.has(`${region} ${key}`)
  }
}
