import type {
  Fingerprint,
  Fingerprints,
  Held,
  Keyset,
  Publication,
  Slot,
  Usage,
} from '@keyturn/core'
import { longMs } from './spec.ts'

/**
 * Names that do not depend on history: keys by the order in which they are met, versions by how
 * far they are behind the newest intended one, instants by whether a long time has passed since.
 */
export class Names {
  #keys: Map<string, number>
  /** Then it is copied before anything is added. */
  #isShared = false
  readonly #now: number
  readonly #version: number

  constructor(now: number, version: number, keys: Map<string, number> = new Map()) {
    this.#now = now
    this.#version = version
    this.#keys = keys
  }

  /** The same, with a memory of its own for keys that are met from now on. */
  local(): Names {
    const names = new Names(this.#now, this.#version, this.#keys)
    names.#isShared = true
    this.#isShared = true
    return names
  }

  /** Two with the same signature name everything alike. */
  signature(): string {
    return `${this.#now} ${this.#version} ${[...this.#keys.keys()].join(' ')}`
  }

  key(fingerprint: Fingerprint): string {
    const known = this.#keys.get(fingerprint)
    if (known !== undefined) return String.fromCharCode(97 + known)
    if (this.#isShared) this.#keys = new Map(this.#keys)
    this.#isShared = false
    this.#keys.set(fingerprint, this.#keys.size)
    return String.fromCharCode(96 + this.#keys.size)
  }

  knows(fingerprint: Fingerprint): boolean {
    return this.#keys.has(fingerprint)
  }

  keys({ primary, secondary }: Fingerprints): string {
    return this.key(primary) + this.key(secondary)
  }

  version(version: number): string {
    return version === 0 ? 'o' : String(this.#version - version)
  }

  age(at: number): string {
    return this.#now - at >= longMs ? '1' : '0'
  }

  held(held: Held | Publication | null): string {
    if (held === null) return '-'
    const { version, active, fenced, fingerprints } = held
    return this.version(version) + short(active) + fences(fenced) + this.keys(fingerprints)
  }

  keyset(ring: Keyset | null): string {
    if (ring === null) return '-'
    const { primary, secondary } = ring.keys
    const keys = this.key(primary.fingerprint) + this.key(secondary.fingerprint)
    const hand = (ring.endpoint === '' ? '' : '!') + (ring.installation === 'here' ? '' : '?')
    return this.version(ring.version) + short(ring.active) + fences(ring.fenced) + keys + hand
  }

  usage(usage: readonly Usage[]): string {
    return usage
      .map(({ fingerprint, inFlight, idleMs }) => {
        const idle = idleMs === null ? 'n' : idleMs >= longMs ? '1' : '0'
        return this.key(fingerprint) + (inFlight > 0 ? '+' : idle)
      })
      .sort()
      .join('')
  }
}

export const short = (slot: Slot): string => (slot === 'primary' ? 'p' : 's')

export const fences = (fenced: readonly Slot[]): string =>
  (fenced.includes('primary') ? 'P' : '') + (fenced.includes('secondary') ? 'S' : '') || '_'

export const bit = (value: boolean): string => (value ? '1' : '0')
