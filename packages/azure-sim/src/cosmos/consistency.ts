import { ServiceError } from './errors.ts'

export type ConsistencyLevel =
  | 'Strong'
  | 'BoundedStaleness'
  | 'Session'
  | 'ConsistentPrefix'
  | 'Eventual'

/** Strongest first. */
export const consistencyLevels: readonly ConsistencyLevel[] = [
  'Strong',
  'BoundedStaleness',
  'Session',
  'ConsistentPrefix',
  'Eventual',
]

const consistencyHeader = 'x-ms-consistency-level'

/**
 * The level that a read is served with: what its header asks for, else the account's own. Throws 400
 * for what is no level, or stronger than the account's. The sentences are Microsoft's (RMResources,
 * `InvalidHeaderValue` and `InvalidConsistencyLevel`).
 */
export function consistencyOf(
  asked: string | string[] | undefined,
  account: ConsistencyLevel,
): ConsistencyLevel {
  if (asked === undefined || asked === '') return account
  const text = String(asked)
  const level = consistencyLevels.find(one => one.toLowerCase() === text.toLowerCase())
  if (level === undefined) {
    throw new ServiceError(
      400,
      'BadRequest',
      `Value '${text.slice(0, 64)}' specified for the header '${consistencyHeader}' is invalid.`,
    )
  }
  if (consistencyLevels.indexOf(level) < consistencyLevels.indexOf(account)) {
    throw new ServiceError(
      400,
      'BadRequest',
      `ConsistencyLevel ${level} specified in the request is invalid when service is configured ` +
        `with consistency level ${account}. Ensure the request consistency level is not stronger ` +
        'than the service consistency level.',
    )
  }
  return level
}
