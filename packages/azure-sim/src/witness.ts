import type { KeyKind } from './account/types.ts'

/** One data-plane request as the simulator saw it. */
export interface DataRecord {
  readonly at: number
  readonly region: string
  readonly verb: string
  readonly resourceType: string
  /** Which key signed it; `null` where no key this account ever had matches. */
  readonly key: {
    readonly kind: KeyKind
    readonly generation: number
    readonly thumbprint: string
  } | null
  /** What the caller came with where it was no signature of a key; then `key` says nothing. */
  readonly scheme?: 'resourceToken' | 'entra'
  readonly status: number
}

/** One management call. */
export interface ManagementRecord {
  readonly at: number
  readonly verb: string
  readonly path: string
  /** 0 where the connection was reset before the call had any effect. */
  readonly status: number
  /** What matters of the body; never a key or a secret's value. */
  readonly body?: unknown
  /** What the weather did to it, where it did anything: `lost` took effect without an answer. */
  readonly fault?: string
  /** The caller's client id, where the token was good. */
  readonly caller?: string
}

/** Writes down who signed with what, when and where, and each management call: evidence. */
export interface Witness {
  data(record: DataRecord): void
  arm(record: ManagementRecord): void
  vault(record: ManagementRecord): void
}

/** How one generation of one key was used in one region. */
export interface KeyUse {
  readonly region: string
  /** `null`: signed with a key that this account never had, or not signed at all. */
  readonly kind: KeyKind | null
  readonly generation: number
  readonly thumbprint: string
  accepted: number
  /** Answered with 401 or 403. */
  refused: number
  firstAt: number
  lastAt: number
  lastAcceptedAt: number | null
}

/** Everything that was seen, as plain JSON. */
export interface Testimony {
  readonly requests: number
  readonly keys: readonly KeyUse[]
  readonly recent: readonly DataRecord[]
  readonly arm: readonly ManagementRecord[]
  readonly vault: readonly ManagementRecord[]
}

export interface WitnessOptions {
  /** How many raw data-plane records are kept. Default 1,000. */
  readonly recentMax?: number
  /** How many management records are kept of each service. Default 10,000. */
  readonly managementMax?: number
}

/** A witness that remembers. Counting costs two map look-ups; memory is bounded. */
export class Ledger implements Witness {
  #requests = 0
  readonly #uses = new Map<string, Map<string, KeyUse>>()
  readonly #recent: Ring<DataRecord>
  readonly #arm: Ring<ManagementRecord>
  readonly #vault: Ring<ManagementRecord>
  readonly #listeners = new Set<(record: DataRecord) => void>()

  constructor({ recentMax = 1_000, managementMax = 10_000 }: WitnessOptions = {}) {
    this.#recent = new Ring(recentMax)
    this.#arm = new Ring(managementMax)
    this.#vault = new Ring(managementMax)
  }

  data(record: DataRecord): void {
    this.#requests++
    this.#recent.push(record)
    if (record.scheme === undefined) this.#count(record)
    for (const listener of this.#listeners) listener(record)
  }

  #count(record: DataRecord): void {
    const use = this.#useOf(record)
    use.lastAt = record.at
    if (record.status === 401 || record.status === 403) use.refused++
    else {
      use.accepted++
      use.lastAcceptedAt = record.at
    }
  }

  arm(record: ManagementRecord): void {
    this.#arm.push(record)
  }

  vault(record: ManagementRecord): void {
    this.#vault.push(record)
  }

  /** Calls back at each data-plane request; returns how to stop. For checkers: keep it short. */
  onData(listener: (record: DataRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  testimony(): Testimony {
    return {
      requests: this.#requests,
      keys: [...this.#uses.values()].flatMap(keys => [...keys.values()].map(use => ({ ...use }))),
      recent: this.#recent.toArray(),
      arm: this.#arm.toArray(),
      vault: this.#vault.toArray(),
    }
  }

  #useOf({ region, key, at }: DataRecord): KeyUse {
    let keys = this.#uses.get(region)
    if (keys === undefined) {
      keys = new Map()
      this.#uses.set(region, keys)
    }
    const thumbprint = key?.thumbprint ?? ''
    let use = keys.get(thumbprint)
    if (use === undefined) {
      const { kind, generation } = key ?? { kind: null, generation: 0 }
      const counts = { accepted: 0, refused: 0, firstAt: at, lastAt: at, lastAcceptedAt: null }
      use = { region, kind, generation, thumbprint, ...counts }
      keys.set(thumbprint, use)
    }
    return use
  }
}

/** The last `max` items, oldest first. */
class Ring<T> {
  readonly #items: T[] = []
  readonly #max: number
  #next = 0

  constructor(max: number) {
    this.#max = max
  }

  push(item: T): void {
    this.#items[this.#next] = item
    this.#next = (this.#next + 1) % this.#max
  }

  toArray(): T[] {
    return [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)]
  }
}
