import type { StoredDocument } from './document.ts'

/** The documents of a logical partition that has, or had, more than one. */
type Several = Map<string, StoredDocument>

/**
 * The current documents of a container by partition and id. A partition of one document, which is
 * every partition where `/id` is the key, costs no map of its own.
 */
export class DocumentTable {
  readonly #partitions = new Map<string, StoredDocument | Several>()
  /** All documents in the order of their creation; made anew after a change. */
  #all: StoredDocument[] | null = null

  get(partition: string, id: string): StoredDocument | undefined {
    const held = this.#partitions.get(partition)
    if (held instanceof Map) return held.get(id)
    return held?.id === id ? held : undefined
  }

  set(document: StoredDocument): void {
    this.#all = null
    const { partition, id } = document
    const held = this.#partitions.get(partition)
    if (held instanceof Map) held.set(id, document)
    else if (held === undefined || held.id === id) this.#partitions.set(partition, document)
    else {
      const both: Several = new Map([[held.id, held]])
      this.#partitions.set(partition, both.set(id, document))
    }
  }

  delete({ partition, id }: StoredDocument): void {
    this.#all = null
    const held = this.#partitions.get(partition)
    if (held instanceof Map) {
      held.delete(id)
      if (held.size === 0) this.#partitions.delete(partition)
    } else if (held?.id === id) this.#partitions.delete(partition)
  }

  /** The documents of one partition, in the order of their creation. */
  of(partition: string): StoredDocument[] {
    const held = this.#partitions.get(partition)
    if (held === undefined) return []
    return held instanceof Map ? inOrder([...held.values()]) : [held]
  }

  /** All documents, in the order of their creation. */
  all(): readonly StoredDocument[] {
    this.#all ??= inOrder([...this])
    return this.#all
  }

  *[Symbol.iterator](): Generator<StoredDocument> {
    for (const held of this.#partitions.values()) {
      if (held instanceof Map) yield* held.values()
      else yield held
    }
  }
}

const inOrder = (documents: StoredDocument[]): StoredDocument[] =>
  documents.sort((a, b) => a.ordinal - b.ordinal)
