/**
 * Everything that may go wrong, by the name that traces and the table of pairs use. What is a
 * process's own slowness is no fault here: every interleaving is explored anyway.
 */
export const faultNames = [
  'sidecar-crash',
  'sidecar-stopped',
  'disk-lost',
  'client-crash',
  'client-stopped',
  'connection-lost',
  'client-joins',
  'client-leaves',
  'member-joins',
  'member-leaves',
  'machine-lost',
  'twin',
  'report-lost',
  'report-repeated',
  'report-delayed',
  'announcement-lost',
  'announcement-repeated',
  'announcement-delayed',
  'vault-read-lost',
  'vault-read-delayed',
  'coordinator-crash',
  'second-leader',
  'arm-read-lost',
  'arm-answer-lost',
  'arm-never-sent',
  'arm-late',
  'arm-refuses',
  'arm-fails',
  'vault-write-lost',
  'vault-write-late',
  'region-lag',
  'container-recreated',
  'hand-in-portal',
  'hand-in-vault',
  'paused',
  'aborted',
] as const

export type FaultName = (typeof faultNames)[number]
