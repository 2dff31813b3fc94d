/**
 * What an identity may be, several at once: a `viewer` looks, an `operator` turns and steers, an
 * `approver` gives the word that a policy asks of somebody else, a `member` reports for itself.
 */
export const roles = ['viewer', 'operator', 'approver', 'member'] as const

export type Role = (typeof roles)[number]

/** Whoever may change something may look at it first. */
export const readers = ['viewer', 'operator', 'approver'] as const satisfies readonly Role[]
