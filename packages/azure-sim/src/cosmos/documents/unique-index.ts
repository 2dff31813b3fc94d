import { uniqueConflict } from '../errors.ts'
import type { StoredDocument } from './document.ts'
import { type UniqueKeys, uniqueTexts } from './unique-keys.ts'

/** Who holds which unique key, within each logical partition. */
export class UniqueIndex {
  readonly #keys: UniqueKeys
  readonly #partitions = new Map<string, Map<string, string>>()

  constructor(keys: UniqueKeys) {
    this.#keys = keys
  }

  /**
   * Gives the keys of `former` to `next`. Throws 409 where another document that `isAlive` holds
   * one. Returns how to take it back.
   */
  claim(
    former: StoredDocument | undefined,
    next: StoredDocument | undefined,
    isAlive: (id: string) => boolean,
  ): () => void {
    const partition = (next ?? former)?.partition
    if (this.#keys.length === 0 || partition === undefined) return () => {}
    const held = this.#partitions.get(partition) ?? new Map<string, string>()
    this.#partitions.set(partition, held)
    const wanted = next === undefined ? [] : uniqueTexts(this.#keys, next.value)
    for (const text of wanted) {
      const holder = held.get(text)
      if (holder !== undefined && holder !== next?.id && isAlive(holder)) throw uniqueConflict()
    }
    // One that has expired may have lost its keys to others long since.
    const released =
      former === undefined
        ? []
        : uniqueTexts(this.#keys, former.value).filter(text => held.get(text) === former.id)
    const before = new Map([...released, ...wanted].map(text => [text, held.get(text)]))
    for (const text of released) held.delete(text)
    if (next !== undefined) for (const text of wanted) held.set(text, next.id)
    return () => {
      for (const [text, holder] of before) {
        if (holder === undefined) held.delete(text)
        else held.set(text, holder)
      }
    }
  }
}
