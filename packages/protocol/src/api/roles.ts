import type { VerbRequest } from '../operator.ts'

/**
 * What an identity may be, several at once: a `viewer` looks, an `operator` turns and steers, an
 * `approver` gives the word that a policy asks of somebody else, a `member` reports for itself.
 */
export const roles = ['viewer', 'operator', 'approver', 'member'] as const

export type Role = (typeof roles)[number]

/** Whoever may change something may look at it first. */
export const readers = ['viewer', 'operator', 'approver'] as const satisfies readonly Role[]

/** Who may ask for which verb. */
export const verbRoles = {
  adopt: 'operator',
  rotate: 'operator',
  approve: 'approver',
  waive: 'operator',
  acknowledge: 'operator',
  retire: 'operator',
  pause: 'operator',
  resume: 'operator',
  abort: 'operator',
  evict: 'operator',
} as const satisfies Readonly<Record<VerbRequest['verb'], Role>>
