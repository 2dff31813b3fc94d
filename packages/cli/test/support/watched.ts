import type { Fingerprint } from '@keyturn/core'
import type { AccountSummary, Progress } from '@keyturn/protocol'
import type { Blocker } from '../../src/blockers/groups.ts'
import { nothingYet, type Watched } from '../../src/watch/watched.ts'

const primary = '1'.repeat(16) as Fingerprint
const secondary = '2'.repeat(16) as Fingerprint
type Rotation = NonNullable<AccountSummary['rotation']>

export const rotation = (
  phases: Rotation['phases'],
  changed: Partial<Rotation> = {},
): Rotation => ({
  id: '0b95e5ad-246d-44fd-bc65-421326883048',
  phase: phases.at(-1)?.name ?? 'preflight',
  status: 'running',
  by: 'ada',
  reason: 'quarterly turn',
  from: 'primary',
  before: { primary, secondary },
  phases,
  plan: 'full',
  ...changed,
})

export const summary = (of: Rotation | null): AccountSummary => ({
  name: 'orders',
  account:
    '/subscriptions/s/resourceGroups/rg/providers/Microsoft.DocumentDB/databaseAccounts/orders',
  endpoint: 'https://orders.documents.azure.com/',
  pair: 'readWrite',
  installation: 'one',
  published: {
    version: 7,
    fingerprints: { primary, secondary },
    active: 'primary',
    fenced: ['secondary'],
    confirmed: true,
  },
  rotation: of,
  retirement: null,
})

export const progress = (
  members: number,
  done: number,
  changed: Partial<Progress> = {},
): Progress => ({
  version: 7,
  members,
  acknowledged: done,
  going: { slot: 'secondary', fingerprint: secondary, fenced: done, drained: done, inFlight: 0 },
  clients: { attached: members, lost: 0 },
  ...changed,
})

export const watched = (
  of: Rotation | null,
  blockers: readonly Blocker[] = [],
  changed: Partial<Watched> = {},
): Watched => ({
  ...nothingYet,
  summary: summary(of),
  blocked: { count: blockers.length, blockers: [...blockers] },
  progress: progress(3, 2),
  ...changed,
})

export const behind = (count: number): Blocker[] =>
  Array.from({ length: count }, (_, index) => ({
    code: 'KEYSET_BEHIND',
    member: `orders-${index + 1}`,
    sentence: `Member orders-${index + 1} acknowledged version 6 of 7: see which of its clients is behind.`,
  }))
