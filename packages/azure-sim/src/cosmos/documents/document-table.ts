import type { Entry } from './change-log.ts'
import { type Owner, StoredDocument } from './document.ts'
import { HashIndex, hashBytes, noRow } from './hash-index.ts'
import { Rows } from './rows.ts'
import { TextHeap } from './text-heap.ts'

/**
 * The current documents of a container by partition and id: texts in a {@link TextHeap}, numbers in
 * {@link Rows}, two indexes. None of it is an object for a document, so that a hundred thousand
 * documents cost their bytes, and cost the collector nothing.
 */
export class DocumentTable {
  readonly #owner: Owner
  readonly #rows = new Rows()
  readonly #byKey = new HashIndex()
  readonly #byPartition = new HashIndex()
  #texts = new TextHeap()
  /** All documents in the order of their creation; made anew after a change. */
  #all: readonly StoredDocument[] | null = null
  /** A key that is looked for, in bytes. */
  #key = Buffer.alloc(256)
  #keyBytes = 0

  constructor(owner: Owner) {
    this.#owner = owner
  }

  /** Where texts of documents go that are to be put here. */
  get texts(): TextHeap {
    return this.#texts
  }

  get size(): number {
    return this.#rows.count
  }

  get(partition: string, id: string): StoredDocument | undefined {
    const partitionBytes = this.#writeKey(partition, id)
    const row = this.#find(partitionBytes, this.#keyBytes)
    return row === noRow ? undefined : this.#document(row)
  }

  /** The row that a document is in, and stays in over all its versions. */
  rowOf({ partition, id }: StoredDocument): number {
    const partitionBytes = this.#writeKey(partition, id)
    return this.#find(partitionBytes, this.#keyBytes)
  }

  /** The log sequence number of a row's document; 0 where there is none. */
  lsnAt(row: number): number {
    return this.#rows.lsn(row)
  }

  /** The document in a row, where it has not changed since this log sequence number. */
  at(row: number, lsn: number): StoredDocument | undefined {
    return this.#rows.lsn(row) === lsn ? this.#document(row) : undefined
  }

  set(document: StoredDocument): void {
    this.#all = null
    const partitionBytes = this.#writeKey(document.partition, document.id)
    const found = this.#find(partitionBytes, this.#keyBytes)
    if (found !== noRow) {
      this.#rows.fill(found, document)
      return
    }
    const row = this.#rows.add()
    this.#rows.fill(row, document)
    const partition = hashBytes(this.#key, 0, partitionBytes)
    this.#byPartition.add(partition, row)
    this.#byKey.add(hashBytes(this.#key, partitionBytes, this.#keyBytes, partition), row)
  }

  /** Puts a former version back. */
  restore(document: StoredDocument): void {
    // Its texts may lie in a heap that was left meanwhile.
    const place = this.#texts.copy(document.place)
    this.set(new StoredDocument(this.#owner, place, document))
  }

  /** Each document's row and log sequence number, in the order of their latest changes. */
  changes(): Entry[] {
    const entries = Array.from(this.#rows.live(), row => ({ row, lsn: this.#rows.lsn(row) }))
    return entries.sort((a, b) => a.lsn - b.lsn)
  }

  delete(document: StoredDocument): void {
    this.#all = null
    const row = this.rowOf(document)
    if (row === noRow) return
    this.#byKey.remove(row)
    this.#byPartition.remove(row)
    this.#rows.remove(row)
  }

  /** The documents of one partition, in the order of their creation. */
  of(partition: string): StoredDocument[] {
    const bytes = this.#writeKey(partition, '')
    const hash = hashBytes(this.#key, 0, bytes)
    const found: StoredDocument[] = []
    for (
      let row = this.#byPartition.first(hash);
      row !== noRow;
      row = this.#byPartition.after(row)
    ) {
      if (this.#byPartition.hashOf(row) === hash && this.#isIn(row, bytes)) {
        found.push(this.#document(row))
      }
    }
    return inOrder(found)
  }

  /** All documents, in the order of their creation. */
  all(): readonly StoredDocument[] {
    this.#all ??= inOrder(Array.from(this.#rows.live(), row => this.#document(row)))
    return this.#all
  }

  /** Copies the living texts together where most are dead, so that memory can be given back. */
  tidy(): void {
    if (!this.#texts.wasteful) return
    const texts = new TextHeap()
    for (const row of this.#rows.live()) this.#rows.move(row, texts.copy(this.#place(row)))
    this.#texts = texts
    this.#all = null
  }

  /** Leaves the key's bytes at hand; returns how many of them are the partition's. */
  #writeKey(partition: string, id: string): number {
    const most = (partition.length + id.length) * 3
    if (this.#key.length < most) this.#key = Buffer.alloc(most * 2)
    const partitionBytes = this.#key.write(partition)
    this.#keyBytes = partitionBytes + this.#key.write(id, partitionBytes)
    return partitionBytes
  }

  #find(partitionBytes: number, keyBytes: number): number {
    const partition = hashBytes(this.#key, 0, partitionBytes)
    const hash = hashBytes(this.#key, partitionBytes, keyBytes, partition)
    for (let row = this.#byKey.first(hash); row !== noRow; row = this.#byKey.after(row)) {
      if (this.#byKey.hashOf(row) === hash && this.#isKey(row, partitionBytes, keyBytes)) return row
    }
    return noRow
  }

  #isKey(row: number, partitionBytes: number, keyBytes: number): boolean {
    const place = this.#place(row)
    return (
      place.partitionBytes === partitionBytes &&
      place.idBytes === keyBytes - partitionBytes &&
      this.#startsAs(place, keyBytes)
    )
  }

  #isIn(row: number, partitionBytes: number): boolean {
    const place = this.#place(row)
    return place.partitionBytes === partitionBytes && this.#startsAs(place, partitionBytes)
  }

  #startsAs({ slab, at }: ReturnType<Rows['place']>, bytes: number): boolean {
    return slab.bytes.compare(this.#key, 0, bytes, at, at + bytes) === 0
  }

  #place(row: number) {
    return this.#rows.place(row, this.#texts)
  }

  #document(row: number): StoredDocument {
    return new StoredDocument(this.#owner, this.#place(row), this.#rows.stamp(row))
  }
}

const inOrder = (documents: StoredDocument[]): StoredDocument[] =>
  documents.sort((a, b) => a.ordinal - b.ordinal)
