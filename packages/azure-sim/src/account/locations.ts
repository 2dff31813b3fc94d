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

/** Azure's regions as they are shown; a name that is not among them stays as it was given. */
const shown = [
  ...['East US', 'East US 2', 'Central US', 'North Central US', 'South Central US', 'West US'],
  ...['West US 2', 'West US 3', 'West Central US', 'Canada Central', 'Canada East'],
  ...['Brazil South', 'Brazil Southeast', 'Mexico Central', 'Chile Central'],
  ...['North Europe', 'West Europe', 'UK South', 'UK West', 'France Central', 'France South'],
  ...['Germany West Central', 'Germany North', 'Switzerland North', 'Switzerland West'],
  ...['Norway East', 'Norway West', 'Sweden Central', 'Sweden South', 'Poland Central'],
  ...['Italy North', 'Spain Central', 'Austria East', 'UAE North', 'UAE Central', 'Qatar Central'],
  ...['Israel Central', 'South Africa North', 'South Africa West', 'Central India'],
  ...['South India', 'West India', 'Jio India West', 'East Asia', 'Southeast Asia'],
  ...['Japan East', 'Japan West', 'Korea Central', 'Korea South', 'Indonesia Central'],
  ...['Malaysia West', 'New Zealand North', 'Taiwan North', 'Australia East'],
  ...['Australia Southeast', 'Australia Central', 'Australia Central 2'],
]
const byName = new Map(shown.map(name => [normalized(name), name]))

/** `southcentralus` → `South Central US`. */
export const displayName = (location: string): string =>
  byName.get(normalized(location)) ?? location
