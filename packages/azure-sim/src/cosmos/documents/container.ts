import type { JsonObject } from '../json.ts'
import type { StoredDocument } from './document.ts'
import { DocumentStore } from './document-store.ts'
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
  readonly store: DocumentStore
  readonly definition: PartitionDefinition
  readonly ranges: Ranges
  readonly meets = meetsCondition
  properties: JsonObject
  /** Request units per second, where the container has its own throughput. */
  throughput: number | undefined

  constructor(
    databaseId: string,
    properties: JsonObject,
    offer: string,
    throughput: number | undefined,
  ) {
    this.databaseId = databaseId
    this.id = String(properties['id'])
    this.rid = String(properties['_rid'])
    this.offer = offer
    this.properties = properties
    this.throughput = throughput
    this.definition = definitionOf(properties['partitionKey'])
    this.ranges = new Ranges(Math.max(1, Math.ceil((throughput ?? 400) / 10_000)), point =>
      boundAt(point, this.definition),
    )
    this.store = new DocumentStore({
      rid: this.rid,
      self: String(properties['_self']),
      uniqueKeys: uniqueKeysOf(properties['uniqueKeyPolicy']),
      defaultTtl: () => this.properties['defaultTtl'],
    })
  }

  /** `dbs/{database}/colls/{container}`, as session tokens are filed under. */
  get link(): string {
    return `dbs/${this.databaseId}/colls/${this.id}`
  }

  epkOf(document: StoredDocument): string {
    document.epk ??= effectiveKey(document.components, this.definition)
    return document.epk
  }

  /** The physical partition of a key; there is nothing to hash while there is only one. */
  rangeIdOf(components: readonly Component[]): string {
    const [only, ...others] = this.ranges.all
    if (only !== undefined && others.length === 0) return only.id
    return this.ranges.of(effectiveKey(components, this.definition)).id
  }

  /** `0:-1#12`: partition, topology version, log sequence number. */
  sessionToken(rangeId: string): string {
    return `${rangeId}:-1#${this.store.lsn}`
  }
}
