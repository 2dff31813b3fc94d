import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Component } from './partition-key.ts'
import type { Place } from './text-heap.ts'

/** What the documents of one container have in common. */
export interface Owner {
  /** The container's resource id, 8 bytes in base64. */
  readonly rid: string
  /** `dbs/…/colls/…/`: what documents' `_self` start with. */
  readonly self: string
  /** `defaultTtl` of the container's properties at this moment. */
  defaultTtl(): unknown
}

/** A document's own TTL of -1, in the 32 bits that it is kept in. */
export const forever = 2 ** 32 - 1

/** What a version of a document is beside its texts. */
export interface Stamp {
  /** Counts the documents of the container in the order of their creation. */
  readonly ordinal: number
  readonly lsn: number
  /** Seconds since the epoch: `_ts`. */
  readonly changedAt: number
  /** Its own TTL in seconds; 0 without one, {@link forever} for -1. */
  readonly ttl: number
}

/**
 * One version of a document; a change makes a new one. It refers to its texts where they lie, and
 * works out whatever else is asked of it: it is made when it is looked for, and kept by nobody.
 */
export class StoredDocument implements Stamp {
  readonly place: Place
  readonly ordinal: number
  readonly lsn: number
  readonly changedAt: number
  readonly ttl: number
  readonly #owner: Owner
  #value: JsonObject | undefined

  constructor(owner: Owner, place: Place, { ordinal, lsn, changedAt, ttl }: Stamp) {
    this.#owner = owner
    this.place = place
    this.ordinal = ordinal
    this.lsn = lsn
    this.changedAt = changedAt
    this.ttl = ttl
  }

  /** The partition key as one text. */
  get partition(): string {
    return this.#read(0, this.place.partitionBytes)
  }

  get id(): string {
    const { partitionBytes, idBytes } = this.place
    return this.#read(partitionBytes, idBytes)
  }

  /** The client's properties alone, as JSON. */
  get body(): string {
    const { partitionBytes, idBytes, bodyBytes } = this.place
    return this.#read(partitionBytes + idBytes, bodyBytes)
  }

  get rid(): string {
    return documentRid(this.#owner.rid, this.ordinal)
  }

  get etag(): string {
    return etagOf(this.lsn, this.changedAt)
  }

  /**
   * Milliseconds since the epoch after which the document is gone: by its own TTL, else by what the
   * container has at this moment. A container without `defaultTtl` has TTL switched off, whatever
   * its documents say (Microsoft, "Time to Live").
   */
  get expiresAt(): number {
    const general = this.#owner.defaultTtl()
    if (typeof general !== 'number') return Number.POSITIVE_INFINITY
    const seconds = this.ttl === 0 ? general : this.ttl
    if (seconds < 0 || seconds === forever) return Number.POSITIVE_INFINITY
    return (this.changedAt + seconds) * 1_000
  }

  get components(): readonly Component[] {
    const parsed = JSON.parse(this.partition) as Json[]
    return parsed.map(component => (isObject(component) ? undefined : (component as Component)))
  }

  /** The document as reads answer with it: the client's properties, then the service's. */
  get text(): string {
    const { rid, etag, changedAt } = this
    return (
      `${this.body.slice(0, -1)},"_rid":"${rid}","_self":"${this.#owner.self}docs/${rid}/",` +
      `"_etag":"\\"${etag.slice(1, -1)}\\"","_attachments":"attachments/","_ts":${changedAt}}`
    )
  }

  /** Its bytes as reads answer with it, near enough to charge for. */
  get size(): number {
    return this.place.bodyBytes + serviceBytes
  }

  get value(): JsonObject {
    this.#value ??= JSON.parse(this.text) as JsonObject
    return this.#value
  }

  #read(from: number, length: number): string {
    const { slab, at } = this.place
    return slab.bytes.toString('utf8', at + from, at + from + length)
  }
}

/** What the service's properties take. */
const serviceBytes = 200

/** What the service adds to a document; a client that sends these back does not set them. */
const serviceProperties = ['_rid', '_self', '_etag', '_attachments', '_ts'] as const

/** A document's JSON without the service's properties. */
export function bodyText(body: JsonObject): string {
  if (!serviceProperties.some(name => name in body)) return JSON.stringify(body)
  const { _rid, _self, _etag, _attachments, _ts, ...own } = body
  return JSON.stringify(own)
}

/** The digits of base64 in the order of their character codes, `-` standing for `/`. */
const digits = '+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * The container's 8 bytes, then 30 bits that count, then zeros; 16 bytes in base64. The order of
 * rids as texts, which queries page through, is the order of creation.
 */
export function documentRid(container: string, ordinal: number): string {
  let count = ''
  for (let left = ordinal, at = 0; at < 5; at++, left = Math.floor(left / 64)) {
    count = (digits[left % 64] ?? '') + count
  }
  return `${container.slice(0, 11)}${count}AAAAAA==`
}

/** The service's form: the counter of changes and the second, in quotes that are part of the value. */
export const etagOf = (lsn: number, seconds: number): string => {
  const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
  return `"${hex(lsn)}-0000-0700-0000-${hex(seconds)}0000"`
}

/** How a document's own TTL is kept; it has been checked. */
export function ttlOf(ttl: unknown): number {
  if (typeof ttl !== 'number') return 0
  return ttl < 0 ? forever : ttl
}
