import { type Fingerprint, type Slot, slots } from '@keyturn/core'
import { Key } from '@keyturn/keyring'
import type { Chance } from '../time/chance.ts'
import type { Timeline } from '../time/timeline.ts'

export interface Region {
  readonly name: string
  readonly endpoint: string
  /** Until when nothing there answers. */
  downUntil: number
  /** Until when a container that was deleted and made anew refuses both keys (PROTOCOL, P16). */
  containerAnewUntil: number
}

/** A key as Azure knows it. */
export interface AzureKey {
  readonly key: Key
  readonly value: string
  readonly fingerprint: Fingerprint
  readonly slot: Slot
  /** By region: from when it is taken, and from when no longer. */
  readonly from: ReadonlyMap<string, number>
  readonly until: Map<string, number>
  /** While these last, a region refuses a key that it had taken. */
  readonly flaps: { readonly region: string; readonly from: number; until: number }[]
}

export interface Operation {
  readonly id: string
  readonly slot: Slot
  readonly by: 'coordinator' | 'human'
  readonly begunAt: number
  endsAt: number
  fails: boolean
  hasEffect: boolean
}

/** How Azure behaves for the next operations. */
export interface AzureMood {
  regenerationMs: number
  fails: boolean
  /** A failed operation that changed the key all the same. */
  failsWithEffect: boolean
  /** The longest that a region takes to hear of a change. */
  lagMs: number
}

/** One Cosmos DB account as it truly is: its keys, who takes them where, and what is being done. */
export class AzureAccount {
  readonly id: string =
    '/subscriptions/1/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/orders'
  readonly endpoint = 'https://orders.documents.azure.com/'
  readonly regions: readonly Region[]
  readonly mood: AzureMood
  current: Record<Slot, AzureKey>
  /** Newest first. */
  readonly all: AzureKey[] = []
  operation: Operation | null = null
  readonly ended = new Map<string, 'succeeded' | 'failed'>()
  /** Every regeneration that took effect. */
  readonly effects: { readonly slot: Slot; readonly by: Operation['by']; readonly at: number }[] =
    []
  /** Whether a region ever refused a key that it had taken. */
  hasFlapped = false
  onArrival: (operation: Operation) => void = () => {}
  onEffect: (operation: Operation) => void = () => {}
  readonly #timeline: Timeline
  readonly #chance: Chance
  #serial = 0

  constructor(timeline: Timeline, chance: Chance, regions: number, mood: AzureMood) {
    this.#timeline = timeline
    this.#chance = chance
    this.mood = mood
    this.regions = Array.from({ length: regions }, (_, index) => ({
      name: `region-${index + 1}`,
      endpoint: `https://orders-r${index + 1}.documents.azure.com`,
      downUntil: 0,
      containerAnewUntil: 0,
    }))
    this.current = { primary: this.#make('primary', 0), secondary: this.#make('secondary', 0) }
  }

  get idle(): boolean {
    return this.operation === null
  }

  /** Begins an operation, or `null` where another one holds the account (412). */
  regenerate(slot: Slot, by: Operation['by']): Operation | null {
    if (this.operation !== null) return null
    const { regenerationMs, fails, failsWithEffect } = this.mood
    this.#serial += 1
    const takes = Math.ceil(regenerationMs * (0.5 + this.#chance.next()))
    const operation: Operation = {
      id: `operation-${this.#serial}`,
      slot,
      by,
      begunAt: this.#timeline.now,
      endsAt: this.#timeline.now + takes,
      fails,
      hasEffect: !fails || failsWithEffect,
    }
    this.operation = operation
    this.onArrival(operation)
    // Azure does not say when within the operation the old key dies: at any moment.
    const effectIn = this.#chance.is(0.3) ? 0 : Math.floor(takes * this.#chance.next())
    if (operation.hasEffect) this.#timeline.after(effectIn, () => this.#takeEffect(operation))
    this.#timeline.after(takes, () => this.#end(operation))
    return operation
  }

  accepts(region: Region, fingerprint: Fingerprint): boolean {
    const { now } = this.#timeline
    const key = this.all.find(one => one.fingerprint === fingerprint)
    if (key === undefined) return false
    const { name } = region
    if (now < (key.from.get(name) ?? Number.POSITIVE_INFINITY)) return false
    if (now >= (key.until.get(name) ?? Number.POSITIVE_INFINITY)) return false
    return !key.flaps.some(flap => flap.region === name && flap.from <= now && now < flap.until)
  }

  status(id: string): 'running' | 'succeeded' | 'failed' | 'forgotten' {
    return this.operation?.id === id ? 'running' : (this.ended.get(id) ?? 'forgotten')
  }

  slotOf(fingerprint: Fingerprint): Slot | null {
    return slots.find(slot => this.current[slot].fingerprint === fingerprint) ?? null
  }

  #takeEffect(operation: Operation): void {
    const { slot, by } = operation
    const { now } = this.#timeline
    this.onEffect(operation)
    this.effects.push({ slot, by, at: now })
    const old = this.current[slot]
    // The last one hears up to `lagMs` later; sometimes a region drops the old key at once.
    for (const { name } of this.regions) old.until.set(name, now + this.#lag())
    this.current = { ...this.current, [slot]: this.#make(slot, now) }
  }

  #end(operation: Operation): void {
    this.operation = null
    this.ended.set(operation.id, operation.fails ? 'failed' : 'succeeded')
  }

  #make(slot: Slot, now: number): AzureKey {
    const value = this.#chance.bytes(64).toString('base64')
    const key = new Key(value)
    const from = new Map(
      this.regions.map(({ name }) => [name, now === 0 ? 0 : now + this.#lag()] as const),
    )
    const { fingerprint } = key
    const made = { key, value, fingerprint, slot, from, until: new Map(), flaps: [] }
    this.all.unshift(made)
    return made
  }

  #lag(): number {
    return this.#chance.is(0.4) ? 0 : Math.floor(this.#chance.next() * this.mood.lagMs)
  }
}
