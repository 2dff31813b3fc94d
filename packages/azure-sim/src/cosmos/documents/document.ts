import type { JsonObject } from '../json.ts'
import type { Component } from './partition-key.ts'

/**
 * One version of a document; a change makes a new one. Kept as the text that reads answer with; the
 * value is parsed from it when a query, patch or feed first asks, so that documents that are only
 * written and read cost no more than their text.
 */
export class StoredDocument {
  readonly id: string
  readonly rid: string
  readonly etag: string
  readonly lsn: number
  /** Seconds since the epoch: `_ts`. */
  readonly changedAt: number
  /** Milliseconds since the epoch after which the document is gone; infinite without a TTL. */
  readonly expiresAt: number
  readonly components: readonly Component[]
  /** The partition key as one text. */
  readonly partition: string
  readonly text: string
  /** Where the key lies in the container's hash space, in hex; worked out when first asked for. */
  epk: string | undefined
  #value: JsonObject | undefined

  constructor(fields: {
    id: string
    rid: string
    etag: string
    lsn: number
    changedAt: number
    expiresAt: number
    components: readonly Component[]
    partition: string
    text: string
  }) {
    this.id = fields.id
    this.rid = fields.rid
    this.etag = fields.etag
    this.lsn = fields.lsn
    this.changedAt = fields.changedAt
    this.expiresAt = fields.expiresAt
    this.components = fields.components
    this.partition = fields.partition
    this.text = fields.text
  }

  get value(): JsonObject {
    this.#value ??= JSON.parse(this.text) as JsonObject
    return this.#value
  }
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
