import type { Scope } from '../documents/change-feed.ts'
import type { Container } from '../documents/container.ts'
import { type Component, parsePartition, partitionText } from '../documents/partition-key.ts'
import type { PartitionRange } from '../documents/ranges.ts'
import * as errors from '../errors.ts'
import { requireSession } from '../replication/reading.ts'
import { type CosmosRequest, header } from '../request.ts'

/** What part of a container a query or feed is about, told by the request's headers. */
export interface Part {
  /** The text of one whole logical partition, where that is the part. */
  readonly partition: string | null
  readonly scope: Scope
  /** The physical partition that answers. */
  readonly rangeId: string
  /** Whether the request names neither a key nor a partition nor a stretch. */
  readonly isWhole: boolean
}

/** 410 with 1002 for a partition that was split; the SDKs then read the ranges anew. */
export function requireRange(container: Container, id: string): PartitionRange {
  const range = container.ranges.byId(id)
  if (range !== undefined) return range
  if (container.ranges.isGone(id)) throw errors.gone()
  throw errors.badRequest(`The partition key range id '${id.slice(0, 32)}' is invalid.`)
}

export function partOf(container: Container, request: CosmosRequest): Part {
  const part = partNamed(container, request)
  requireSession(container, request, part.isWhole ? undefined : part.rangeId)
  return part
}

function partNamed(container: Container, request: CosmosRequest): Part {
  const key = header(request, 'x-ms-documentdb-partitionkey')
  if (key !== undefined) return partOfKey(container, parsePartition(key, container.definition))
  const id = header(request, 'x-ms-documentdb-partitionkeyrangeid')
  const range = id === undefined ? undefined : requireRange(container, id)
  const start = header(request, 'x-ms-start-epk')
  const end = header(request, 'x-ms-end-epk')
  const bounds = [
    range,
    start !== undefined && end !== undefined ? { min: start, max: end } : undefined,
  ]
  const narrowed = bounds.filter(bound => bound !== undefined).filter(isNarrow)
  const scope: Scope = document => {
    if (narrowed.length === 0) return true
    const epk = container.epkOf(document)
    return narrowed.every(({ min, max }) => min <= epk && epk < max)
  }
  return {
    partition: null,
    scope,
    rangeId: range?.id ?? container.ranges.all[0]?.id ?? '0',
    isWhole: bounds.every(bound => bound === undefined),
  }
}

const isNarrow = ({ min, max }: { min: string; max: string }): boolean => min !== '' || max !== 'FF'

function partOfKey(container: Container, components: readonly Component[]): Part {
  const levels = container.definition.paths.length
  if (components.length === levels) {
    const partition = partitionText(components)
    return {
      partition,
      scope: document => document.partition === partition,
      rangeId: container.rangeIdOf(components),
      isWhole: false,
    }
  }
  if (components.length > levels || components.length === 0) {
    throw errors.badRequest(
      'The partition key supplied in x-ms-partitionkey header has more components than defined in the the collection.',
    )
  }
  const prefix = partitionText(components)
  return {
    partition: null,
    scope: ({ components: own }) => partitionText(own.slice(0, components.length)) === prefix,
    rangeId: container.ranges.all[0]?.id ?? '0',
    isWhole: false,
  }
}
