/** Versions of Microsoft.DocumentDB that this simulator answers; oldest first. */
export const apiVersions: readonly string[] = [
  '2020-06-01-preview',
  '2020-09-01',
  '2021-01-15',
  '2021-03-15',
  '2021-04-15',
  '2021-05-15',
  '2021-06-15',
  '2021-10-15',
  '2022-05-15',
  '2022-08-15',
  '2022-11-15',
  '2023-03-15',
  '2023-04-15',
  '2023-09-15',
  '2023-11-15',
  '2024-05-15',
  '2024-08-15',
  '2024-09-01-preview',
  '2024-11-15',
  '2025-04-15',
  '2025-10-15',
  '2026-03-15',
  '2026-04-01-preview',
]

/** `approximateLastUsageTime` appears with this version (preview), and in no earlier one. */
export const showsLastUsage = (version: string): boolean => version === '2026-04-01-preview'

interface Since {
  /** The first stable version that shows it; none where it never left the previews. */
  readonly stable?: string
  readonly preview?: string
}

/**
 * When properties appeared. Seen missing in a recording of 2021-04-15 and present in one of
 * 2023-11-15, or in the documents of 2024-08-15 and 2024-09-01-preview and an example of
 * 2026-03-15; the exact version between is assumed.
 */
const since: Readonly<Record<string, Since>> = {
  disableLocalAuth: { stable: '2021-06-15' },
  capacity: { stable: '2021-10-15' },
  keysMetadata: { stable: '2022-05-15' },
  enablePartitionMerge: { stable: '2022-11-15' },
  minimalTlsVersion: { stable: '2023-03-15' },
  enableBurstCapacity: { stable: '2023-09-15' },
  customerManagedKeyStatus: { stable: '2023-11-15' },
  enablePriorityBasedExecution: { stable: '2026-03-15', preview: '2024-09-01-preview' },
  defaultPriorityLevel: { stable: '2026-03-15', preview: '2024-09-01-preview' },
  enablePerRegionPerPartitionAutoscale: { stable: '2026-03-15', preview: '2024-09-01-preview' },
  diagnosticLogSettings: { preview: '2024-09-01-preview' },
  capacityMode: { preview: '2024-09-01-preview' },
  enableMaterializedViews: { preview: '2024-09-01-preview' },
}

/** Whether a version of the API knows a property of the account. */
export function shows(version: string, property: string): boolean {
  const known = since[property]
  if (known === undefined) return true
  const isPreview = version.endsWith('-preview')
  const from = (isPreview ? known.preview : undefined) ?? known.stable
  return from !== undefined && version >= from
}
