import type { Extent } from '../sql/position.ts'
import type { PartitionRange } from './ranges.ts'

/** What the gateway reads for one page, and where it goes on when that is read to its end. */
export interface Step {
  readonly rangeId: string
  readonly extent: Extent
  readonly following: Extent | undefined
}

/**
 * A query that the gateway answers by itself reads the partitions one after the other, and no page
 * reaches over the end of one. A partition that was split while it was being read is read on as the
 * stretch that it was: its documents keep their order, wherever they lie now.
 */
export function stepFrom(
  ranges: readonly PartitionRange[],
  from: Extent | undefined,
): Step | undefined {
  const [first] = ranges
  const extent = from ?? first
  if (extent === undefined) return undefined
  const { min, max } = extent
  const holder = ranges.find(range => range.min <= min && min < range.max)
  if (holder === undefined || max <= min) return undefined
  const next = ranges.find(range => range.max > max)
  const following = next && { min: next.min > max ? next.min : max, max: next.max }
  return { rangeId: holder.id, extent: { min, max }, following }
}
