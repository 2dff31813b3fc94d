import { uniqueConflict } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { ChangeLog } from './change-log.ts'
import { etagOf, expiryOf, StoredDocument } from './document.ts'
import { type Component, partitionText } from './partition-key.ts'
import { type UniqueKeys, uniqueTexts } from './unique-keys.ts'

/** One logical partition: its documents, and who holds which unique key. */
interface Partition {
  readonly key: string
  readonly documents: Map<string, StoredDocument>
  readonly unique: Map<string, string>
  /** The documents in the order that queries page through; made anew after a change of membership. */
  sorted: StoredDocument[] | null
}

type Change = readonly [from: StoredDocument | undefined, to: StoredDocument | undefined]

export interface StoreSettings {
  /** The container's resource id: 8 bytes in base64, and the link that documents' `_self` start with. */
  readonly rid: string
  readonly self: string
  readonly uniqueKeys: UniqueKeys
  /** `defaultTtl` of the container's properties at this moment. */
  defaultTtl(): unknown
}

/**
 * The documents of one container, shared by all regions. Everything here is synchronous, so each
 * call is atomic; {@link transact} makes several calls so.
 */
export class DocumentStore {
  readonly #settings: StoreSettings
  readonly #partitions = new Map<string, Partition>()
  readonly #log = new ChangeLog<StoredDocument>()
  #lsn = 1
  #created = 0
  /** How to take back the changes of the running transaction, and what to log once it holds. */
  #running: { readonly undo: (() => void)[]; readonly changes: Change[] } | null = null

  constructor(settings: StoreSettings) {
    this.#settings = settings
  }

  /** The log sequence number of the latest change. */
  get lsn(): number {
    return this.#lsn
  }

  get(partition: string, id: string, now: number): StoredDocument | undefined {
    const document = this.#partitions.get(partition)?.documents.get(id)
    return document !== undefined && document.expiresAt > now ? document : undefined
  }

  /** Stores a new version of a document, or a new document. The caller has checked conditions. */
  put(components: readonly Component[], body: JsonObject & { id: string }, now: number) {
    const key = partitionText(components)
    const partition = this.#partition(key)
    const former = partition.documents.get(body.id)
    const lsn = this.#nextLsn()
    const seconds = Math.floor(now / 1000)
    const kept = former !== undefined && former.expiresAt > now ? former.rid : undefined
    const rid = kept ?? this.#newRid()
    const etag = etagOf(lsn, seconds)
    const value = {
      ...body,
      _rid: rid,
      _self: `${this.#settings.self}docs/${rid}/`,
      _etag: etag,
      _attachments: 'attachments/',
      _ts: seconds,
    }
    const expiresAt = expiryOf(this.#settings.defaultTtl(), body['ttl'], now)
    const document = new StoredDocument({
      id: body.id,
      rid,
      etag,
      lsn,
      changedAt: seconds,
      expiresAt,
      components,
      partition: partition.key,
      text: JSON.stringify(value),
    })
    this.#replace(partition, former, document, now)
    return document
  }

  remove(document: StoredDocument, now: number): void {
    this.#nextLsn()
    this.#replace(this.#partition(document.partition), document, undefined, now)
  }

  /** All changes within `work` get one log sequence number, and none happens if it throws. */
  transact<T>(work: () => T): T {
    const running: { undo: (() => void)[]; changes: Change[] } = { undo: [], changes: [] }
    const before = this.#lsn
    this.#lsn += 1
    this.#running = running
    try {
      const result = work()
      if (running.changes.length === 0) this.#lsn = before
      for (const change of running.changes) this.#record(change)
      return result
    } catch (error) {
      for (const step of running.undo.toReversed()) step()
      this.#lsn = before
      throw error
    } finally {
      this.#running = null
    }
  }

  /** The live documents of one logical partition, or of all, in the order of their rids. */
  list(partition: string | null, now: number): StoredDocument[] {
    if (partition !== null) {
      const one = this.#partitions.get(partition)
      return one === undefined ? [] : sortedOf(one).filter(document => document.expiresAt > now)
    }
    const all: StoredDocument[] = []
    for (const one of this.#partitions.values()) {
      for (const document of one.documents.values())
        if (document.expiresAt > now) all.push(document)
    }
    return all.sort(byRid)
  }

  /** The documents changed after a log sequence number, each once, at its latest version. */
  *changedAfter(lsn: number, now: number): Generator<StoredDocument> {
    for (const document of this.#log.after(lsn)) if (document.expiresAt > now) yield document
  }

  #partition(key: string): Partition {
    let partition = this.#partitions.get(key)
    if (partition === undefined) {
      partition = { key, documents: new Map(), unique: new Map(), sorted: null }
      this.#partitions.set(key, partition)
    }
    return partition
  }

  #nextLsn(): number {
    if (this.#running === null) this.#lsn += 1
    return this.#lsn
  }

  /** The container's 8 bytes, then the counter in little endian and four zero bytes. */
  #newRid(): string {
    this.#created += 1
    const bytes = Buffer.alloc(16)
    Buffer.from(this.#settings.rid.replaceAll('-', '/'), 'base64').copy(bytes)
    bytes.writeUInt32LE(this.#created, 8)
    return bytes.toString('base64').replaceAll('/', '-')
  }

  #replace(
    partition: Partition,
    former: StoredDocument | undefined,
    next: StoredDocument | undefined,
    now: number,
  ): void {
    this.#claimUnique(partition, former, next, now)
    const change = ([from, to]: Change): void => {
      if (from !== undefined) partition.documents.delete(from.id)
      if (to !== undefined) partition.documents.set(to.id, to)
      partition.sorted = null
    }
    change([former, next])
    if (this.#running === null) this.#record([former, next])
    else {
      this.#running.changes.push([former, next])
      this.#running.undo.push(() => change([next, former]))
    }
  }

  #record([from, to]: Change): void {
    if (from !== undefined) this.#log.remove(from)
    if (to !== undefined) this.#log.append(to)
  }

  #claimUnique(
    partition: Partition,
    former: StoredDocument | undefined,
    next: StoredDocument | undefined,
    now: number,
  ): void {
    const { uniqueKeys } = this.#settings
    if (uniqueKeys.length === 0) return
    const { documents, unique } = partition
    const wanted = next === undefined ? [] : uniqueTexts(uniqueKeys, next.value)
    for (const text of wanted) {
      const holder = unique.get(text)
      const alive = holder !== undefined && (documents.get(holder)?.expiresAt ?? 0) > now
      if (alive && holder !== next?.id) throw uniqueConflict()
    }
    const released = former === undefined ? [] : uniqueTexts(uniqueKeys, former.value)
    const before = new Map([...released, ...wanted].map(text => [text, unique.get(text)]))
    for (const text of released) unique.delete(text)
    if (next !== undefined) for (const text of wanted) unique.set(text, next.id)
    this.#running?.undo.push(() => {
      for (const [text, holder] of before) {
        if (holder === undefined) unique.delete(text)
        else unique.set(text, holder)
      }
    })
  }
}

const byRid = (a: StoredDocument, b: StoredDocument): number => (a.rid < b.rid ? -1 : 1)

function sortedOf(partition: Partition): StoredDocument[] {
  partition.sorted ??= [...partition.documents.values()].sort(byRid)
  return partition.sorted
}
