/** Why a repair was refused; docs/errors.md has an entry for each. */
export const repairCodes = [
  'COORDINATOR_RUNS',
  'REPAIR_UNNEEDED',
  'ROTATION_UNFINISHED',
  'ACCOUNT_CHANGING',
  'KEYSET_FOREIGN',
  'INSTALLATION_DIFFERS',
  'VERSION_UNKNOWN',
  'VERSION_TOO_LOW',
  'SECRET_DELETED',
  'NOT_READ_BACK',
] as const

export type RepairCode = (typeof repairCodes)[number]

/** A repair that was refused, or did not come to its end. */
export class RepairError extends Error {
  override readonly name = 'RepairError'
  readonly code: RepairCode

  constructor(code: RepairCode, message: string) {
    super(message)
    this.code = code
  }
}
