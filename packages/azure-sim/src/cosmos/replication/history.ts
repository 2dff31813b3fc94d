import type { StoredDocument } from '../documents/document.ts'
import type { Lag } from './lag.ts'

/** One document's change: what it was, and what it became. */
export interface Change {
  readonly from: StoredDocument | undefined
  readonly to: StoredDocument | undefined
}

/** A document as it was from a log sequence number on; `undefined` where it was not there. */
interface Version {
  readonly lsn: number
  readonly document: StoredDocument | undefined
}

/** One log sequence number that not every region has seen. */
interface Write {
  readonly lsn: number
  readonly at: number
  /** The region that took it. */
  readonly by: string
  readonly keys: readonly string[]
}

/** A document's name within its container; no partition key's text has a line break in it. */
export const keyOf = (partition: string, id: string): string => `${partition}\n${id}`

export function partsOf(key: string): { readonly partition: string; readonly id: string } {
  const end = key.indexOf('\n')
  return { partition: key.slice(0, end), id: key.slice(end + 1) }
}

/**
 * What regions that are behind still see of one container: superseded versions and deletions are
 * kept until the last region has seen what came after them. Each region sees writes in their order.
 */
export class History {
  readonly #lag: Lag
  readonly #container: string
  #writes: Write[] = []
  /** How many writes came before those that are kept. */
  #before = 0
  /** How many writes, of all there ever were, each region has seen. */
  readonly #seen = new Map<string, number>()
  readonly #versions = new Map<string, Version[]>()

  constructor(lag: Lag, container: string) {
    this.#lag = lag
    this.#container = container
  }

  /** Whether anything is kept. */
  get pending(): boolean {
    return this.#writes.length > 0
  }

  /** Every document of which former versions are kept, as it was at a log sequence number. */
  *former(
    lsn: number,
  ): Generator<{ readonly key: string; readonly was: StoredDocument | undefined }> {
    for (const [key, versions] of this.#versions) {
      yield { key, was: versionAt(versions, lsn)?.document }
    }
  }

  holds(partition: string, id: string): boolean {
    return this.#versions.has(keyOf(partition, id))
  }

  find(partition: string, id: string, lsn: number): StoredDocument | undefined {
    const versions = this.#versions.get(keyOf(partition, id))
    return versions && versionAt(versions, lsn)?.document
  }

  note(changes: readonly Change[], lsn: number, now: number): void {
    const keys = changes.map(change => this.#noteOne(change, lsn))
    const by = this.#lag.regions.find(({ writable }) => writable)?.name ?? ''
    this.#writes.push({ lsn, at: now, by, keys })
    this.#forget(now)
  }

  /** The last write that a region has seen, or `null` where it has seen all. */
  seenBy(region: string, now: number): number | null {
    const next = this.#writes[this.#advance(region, now) - this.#before]
    const lsn = next === undefined ? null : next.lsn - 1
    this.#forget(now)
    return lsn
  }

  #noteOne({ from, to }: Change, lsn: number): string {
    const { partition, id } = (to ?? from) as StoredDocument
    const key = keyOf(partition, id)
    const versions = this.#versions.get(key) ?? [{ lsn: from?.lsn ?? 0, document: from }]
    // Within one transaction only the last change of a document is ever seen.
    if (versions.at(-1)?.lsn === lsn) versions.pop()
    versions.push({ lsn, document: to })
    this.#versions.set(key, versions)
    return key
  }

  #advance(region: string, now: number): number {
    const writer = this.#lag.regions.some(({ name, writable }) => writable && name === region)
    const end = this.#before + this.#writes.length
    let seen = writer ? end : Math.max(this.#before, this.#seen.get(region) ?? 0)
    for (; seen < end; seen++) {
      const write = this.#writes[seen - this.#before]
      if (write === undefined || !this.#hasSeen(region, write, now)) break
    }
    this.#seen.set(region, seen)
    return seen
  }

  #hasSeen(region: string, { lsn, at, by }: Write, now: number): boolean {
    return by === region || at + this.#lag.writeMs(region, this.#container, lsn) <= now
  }

  /** Drops what every region that serves has seen. */
  #forget(now: number): void {
    const seen = this.#lag.regions.map(({ name }) => this.#advance(name, now))
    const over = Math.min(this.#before + this.#writes.length, ...seen) - this.#before
    if (over === 0) return
    for (const { lsn, keys } of this.#writes.slice(0, over)) {
      for (const key of keys) this.#dropBefore(key, lsn)
    }
    this.#writes = this.#writes.slice(over)
    this.#before += over
  }

  #dropBefore(key: string, lsn: number): void {
    const versions = this.#versions.get(key)
    if (versions === undefined) return
    const kept = versions.filter(version => version.lsn >= lsn)
    if (kept.length > 1) this.#versions.set(key, kept)
    else this.#versions.delete(key)
  }
}

const versionAt = (versions: readonly Version[], lsn: number): Version | undefined =>
  versions.findLast(version => version.lsn <= lsn)
