import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Component } from './partition-key.ts'
import { Recent } from './recent.ts'
import type { Slab } from './text-heap.ts'

/** What the documents of one container have in common. */
export interface Owner {
  /** The container's resource id, 8 bytes in base64. */
  readonly rid: string
  /** `dbs/…/colls/…/`: what documents' `_self` start with. */
  readonly self: string
}

/** The values of the documents that were parsed last; all others are their bytes alone. */
const values = new Recent<StoredDocument, JsonObject>(4_096)

/**
 * One version of a document; a change makes a new one. It holds the client's properties as bytes
 * and a handful of numbers: whatever else it has is worked out from these when it is asked for.
 */
export class StoredDocument {
  readonly id: string
  /** The partition key as one text. */
  readonly partition: string
  /** Counts the documents of the container in the order of their creation. */
  readonly ordinal: number
  readonly lsn: number
  /** Seconds since the epoch: `_ts`. */
  readonly changedAt: number
  readonly #owner: Owner
  /** Seconds since the epoch; 0 without a TTL. Whole and small, to be held without a box. */
  readonly #expires: number
  #slab: Slab
  #at: number
  readonly #length: number

  constructor(
    owner: Owner,
    fields: {
      readonly id: string
      readonly partition: string
      readonly ordinal: number
      readonly lsn: number
      readonly changedAt: number
      /** Milliseconds since the epoch, infinite without a TTL. */
      readonly expiresAt: number
    },
    { slab, at, length }: { readonly slab: Slab; readonly at: number; readonly length: number },
  ) {
    this.#owner = owner
    this.id = fields.id
    this.partition = fields.partition
    this.ordinal = fields.ordinal
    this.lsn = fields.lsn
    this.changedAt = fields.changedAt
    this.#expires = Number.isFinite(fields.expiresAt) ? Math.round(fields.expiresAt / 1000) : 0
    this.#slab = slab
    this.#at = at
    this.#length = length
  }

  get rid(): string {
    return documentRid(this.#owner.rid, this.ordinal)
  }

  get etag(): string {
    return etagOf(this.lsn, this.changedAt)
  }

  /** Milliseconds since the epoch after which the document is gone; infinite without a TTL. */
  get expiresAt(): number {
    return this.#expires === 0 ? Number.POSITIVE_INFINITY : this.#expires * 1000
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

  /** The client's properties alone, as JSON. */
  get body(): string {
    return this.#slab.bytes.toString('utf8', this.#at, this.#at + this.#length)
  }

  /** The bytes that it takes in the text heap. */
  get bytes(): number {
    return this.#length
  }

  get value(): JsonObject {
    const known = values.get(this)
    if (known !== undefined) return known
    const value = JSON.parse(this.text) as JsonObject
    values.set(this, value)
    return value
  }

  /** Its bytes were written anew; those who hold this document notice nothing. */
  moveTo({ slab, at }: { readonly slab: Slab; readonly at: number }): void {
    this.#slab = slab
    this.#at = at
  }
}

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

/**
 * When a document goes: its own `ttl`, else the container's. A container without `defaultTtl` has
 * TTL switched off, whatever its documents say; -1 means never.
 */
export function expiryOf(defaultTtl: unknown, ttl: unknown, nowMs: number): number {
  if (typeof defaultTtl !== 'number') return Number.POSITIVE_INFINITY
  const seconds = typeof ttl === 'number' ? ttl : defaultTtl
  if (seconds < 0) return Number.POSITIVE_INFINITY
  return (Math.floor(nowMs / 1000) + seconds) * 1000
}
