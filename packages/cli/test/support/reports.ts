import type { Fingerprint } from '@keyturn/core'
import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import type { CrewProgress } from '../../src/demo/load/crew.ts'
import type { ApplicationResult } from '../../src/demo/load/messages.ts'
import type { DemoReport } from '../../src/demo/report.ts'
import type { Moment } from '../../src/demo/view/view.ts'

/** What an application of ten operations found; each failure is an operation's name and a code. */
export const resultWith = (
  failures: readonly (readonly [id: string, code: string])[],
): ApplicationResult => ({
  operations: 10,
  failed: failures.length,
  failedByCode: {},
  byOperation: { upsert: 10 },
  healed401: 0,
  keys: null,
  failures: failures.map(([id, code]) => ({
    ...{ id, code, operation: 'upsert', stage: 'during', sentence: 'It did not work.' },
  })),
  ran: [10],
  latencies: { before: '', during: '', after: '' },
})

export const report: DemoReport = {
  mode: 'keyturn',
  seed: 7,
  faults: false,
  seconds: 41.4,
  operations: 57_935,
  byOperation: { 'point read': 30_000, upsert: 27_935 },
  failed: 0,
  failedByRotation: 0,
  failed401: 0,
  healed401: 3,
  failures: [],
  rotation: {
    status: 'completed',
    phases: [
      { name: 'preflight', seconds: 0.65 },
      { name: 'fencing-standby', seconds: 2.42 },
    ],
  },
  fingerprints: {
    before: { primary: '1111111111111111', secondary: '2222222222222222' },
    after: { primary: '3333333333333333', secondary: '4444444444444444' },
  },
  oldKeysRefused: true,
  regenerateCalls: 2,
  latencyMs: {
    before: { p50: 10, p99: 20.25 },
    during: { p50: 11, p99: 21 },
    after: { p50: 12, p99: 1_022 },
  },
  comparison: null,
}

const fingerprints = {
  primary: '1111111111111111' as Fingerprint,
  secondary: '2222222222222222' as Fingerprint,
}

export const member = (name: string, change: Partial<MemberStatus> = {}): MemberStatus => {
  const held = {
    version: 5,
    fingerprints,
    active: 'secondary' as const,
    fenced: ['primary' as const],
  }
  return {
    name,
    incarnation: 'a',
    standing: 'joined',
    reportedMsAgo: 120,
    source: 'key-vault',
    held,
    acknowledged: held,
    proven: [],
    usage: [
      { fingerprint: fingerprints.secondary, inFlight: 30, total: 900, idleMs: 0 },
      { fingerprint: fingerprints.primary, inFlight: 2, total: 400, idleMs: 40 },
    ],
    clients: { attached: 1, lost: [] },
    ...change,
  }
}

export const status: AccountStatus = {
  name: 'demo',
  account:
    '/subscriptions/0/resourceGroups/rg/providers/Microsoft.DocumentDB/databaseAccounts/demo',
  endpoint: 'https://localhost:1/',
  installation: 'here',
  published: {
    version: 5,
    fingerprints,
    active: 'secondary',
    fenced: ['primary'],
    confirmed: true,
  },
  rotation: {
    id: 'r1',
    phase: 'fencing-former',
    status: 'running',
    by: 'operator',
    reason: 'the demo',
    from: 'primary',
    before: fingerprints,
    phases: [
      { name: 'preflight', ms: 650 },
      { name: 'fencing-standby', ms: 2_420 },
      { name: 'fencing-former', ms: 1_040 },
    ],
  },
  blockers: [
    {
      code: 'IN_FLIGHT',
      member: 'sidecar-1',
      sentence:
        'Member sidecar-1 has 2 requests in flight under the primary key: they end by themselves.',
    },
  ],
  members: ['sidecar-1', 'sidecar-2', 'sidecar-3'].map(name => member(name)),
}

export const crew: CrewProgress = {
  operations: 30_874,
  failed: 0,
  healed401: 12,
  applications: [],
}

export const moment: Moment = { seconds: 30.7, status, crew }
