/** Versions of the vault's API that this simulator answers; oldest first. */
export const vaultVersions: readonly string[] = [
  '2016-10-01',
  '7.0',
  '7.1',
  '7.2',
  '7.3',
  '7.4',
  '7.5',
  '7.6-preview.1',
  '7.6-preview.2',
  '7.6',
  '2025-06-01-preview',
  '2025-07-01',
  '2026-04-01',
]

export const latestVersion = '2026-04-01'

/** `recoverableDays` came with 7.1 (secrets.json, SecretAttributes). */
export const showsRecoverableDays = (version: string): boolean =>
  version !== '2016-10-01' && version !== '7.0'
