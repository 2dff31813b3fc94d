/** One entry of ARM's `locations` and `failoverPolicies`. */
export interface LocationRequest {
  readonly locationName: string
  readonly failoverPriority: number
}

/** `West US` → `westus`: ARM takes a region's name in either spelling. */
export const normalized = (location: string): string => location.replace(/ /g, '').toLowerCase()

export const sameLocation = (a: string, b: string): boolean => normalized(a) === normalized(b)

/** The simulator's bound; Azure's own is the number of its regions. */
export const regionsMax = 5

/**
 * The names in the order of their priorities, or why that is no such list (cosmos-db.json,
 * `FailoverPolicy`: unique, from 0 to the number of regions less one).
 */
export function inOrder(
  requests: readonly LocationRequest[],
): { readonly names: readonly string[] } | { readonly why: string } {
  if (requests.length === 0) return { why: 'At least one location must be given.' }
  const sorted = requests.toSorted((a, b) => a.failoverPriority - b.failoverPriority)
  if (sorted.some(({ failoverPriority }, at) => failoverPriority !== at)) {
    const most = requests.length - 1
    return { why: `Failover priorities must be unique and cover 0 to ${most}.` }
  }
  const names = sorted.map(({ locationName }) => locationName)
  if (new Set(names.map(normalized)).size !== names.length) {
    return { why: 'The same location is given twice.' }
  }
  return { names }
}
