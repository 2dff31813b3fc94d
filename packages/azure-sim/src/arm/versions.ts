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
