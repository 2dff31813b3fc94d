import type { JsonObject } from '../json.ts'
import { type Lag, noLag } from '../replication/lag.ts'
import { sessionToken } from '../replication/session-token.ts'
import type { StoredDocument } from './document.ts'
import { DocumentStore } from './document-store.ts'
import type { Documents } from './documents.ts'
import { boundAt, effectiveKey } from './effective-key.ts'
import { type Component, definitionOf, type PartitionDefinition } from './partition-key.ts'
import { meetsCondition } from './query-engine.ts'
import { Ranges } from './ranges.ts'
import { uniqueKeysOf } from './unique-keys.ts'
import type { Target } from './writes.ts'

/** A container: its properties as the client gave them, its documents, its physical partitions. */
export class Container implements Target {
  readonly databaseId: string
  readonly id: string
  readonly rid: string
  /** The id of its offer. */
  readonly offer: string
  /** Its documents, as the region sees them that is asked. */
  readonly store: Documents
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly definition: PartitionDefinition
  readonly ranges: Ranges
  readonly meets = meetsCondition
  properties: JsonObject
  /** Request units per second, where the container has its own throughput. */
  throughput: number | undefined
  readonly lag: Lag
  readonly whole: DocumentStore

  constructor(
    databaseId: string,
    properties: JsonObject,
    offer: string,
    throughput: number | undefined,
    createdAt = 0,
    lag = noLag,
  ) {
    this.databaseId = databaseId
    this.id = String(properties['id'])
    this.rid = String(properties['_rid'])
    this.offer = offer
    this.properties = properties
    this.throughput = throughput
    this.createdAt = createdAt
    this.lag = lag
    this.definition = definitionOf(properties['partitionKey'])
    this.ranges = new Ranges(Math.max(1, Math.ceil((throughput ?? 400) / 10_000)), point =>
      boundAt(point, this.definition),
    )
    this.whole = new DocumentStore({
      rid: this.rid,
      self: String(properties['_self']),
      uniqueKeys: uniqueKeysOf(properties['uniqueKeyPolicy']),
      defaultTtl: () => this.properties['defaultTtl'],
      lag,
    })
    this.store = this.whole
  }

  /** `dbs/{database}/colls/{container}`, as session tokens are filed under. */
  get link(): string {
    return `dbs/${this.databaseId}/colls/${this.id}`
  }

  /** Where a document's key lies in the container's hash space, in hex. */
  epkOf(document: StoredDocument): string {
    return effectiveKey(document.components, this.definition)
  }

  /** The container with its documents as a region sees them at `now`. */
  seenBy(region: string, now: number): Container {
    const store = this.whole.seenBy(region, now)
    if (store === this.whole) return this
    // All else is the container's own, whatever becomes of it.
    const seen: Container = Object.create(this, { store: { value: store } })
    return seen
  }

  /** The physical partition of a key; there is nothing to hash while there is only one. */
  rangeIdOf(components: readonly Component[]): string {
    const [only, ...others] = this.ranges.all
    if (only !== undefined && others.length === 0) return only.id
    return this.ranges.of(effectiveKey(components, this.definition)).id
  }

  /** What a client has seen of a partition once it has this answer. */
  sessionToken(rangeId: string): string {
    return sessionToken(rangeId, this.store.lsn, this.lag.topology)
  }
}
