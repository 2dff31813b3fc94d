/** Why a gate is shut. Codes are the contract; the sentence is for people. */
export const blockerCodes = [
  'FLEET_UNKNOWN',
  'FLEET_SETTLING',
  'MEMBER_MISSING',
  'PLATFORM_UNREACHABLE',
  'MEMBER_STALE',
  'MEMBER_TWIN',
  'MEMBER_NOT_DURABLE',
  'KEYSET_BEHIND',
  'NOT_FENCED',
  'IN_FLIGHT',
  'STILL_IN_USE',
  'CLIENT_LOST',
  'SOURCE_LAG',
  'ACTIVE_REFUSED',
  'PROBE_FAILING',
  'PROBE_PENDING',
  'ACCOUNT_BUSY',
  'REGENERATION_RUNNING',
  'ARM_UNREACHABLE',
  'ARM_DIFFERS',
  'AZURE_REFUSED',
  'RECENTLY_USED',
  'EVIDENCE_PENDING',
  'CONSUMER_PENDING',
  'APPROVAL_MISSING',
  'OUTSIDE_WINDOW',
  'VAULT_UNREACHABLE',
  'VAULT_DIFFERS',
  'BAKING',
  'PAUSED',
  'KEY_IN_USE',
  'NOT_ADOPTED',
  'ALREADY_ADOPTED',
  'ROTATION_RUNNING',
  'NO_ROTATION',
  'NOT_PAUSED',
  'TOO_LATE',
  'UNKNOWN_MEMBER',
  'UNKNOWN_CONSUMER',
  'NOTHING_TO_APPROVE',
  'NOT_AN_APPROVER',
  'NOT_WAIVABLE',
  'NOT_ASKED',
  'RETIRED',
  'SLOT_MISSING',
  'REASON_MISSING',
] as const

export type BlockerCode = (typeof blockerCodes)[number]

export interface Blocker {
  readonly code: BlockerCode
  /** One sentence for an operator: what, whose, and what ends it. */
  readonly sentence: string
  readonly member?: string
  readonly fingerprint?: string
  readonly region?: string
  /** A client of the member. */
  readonly client?: string
  /** A declared consumer. */
  readonly consumer?: string
  /** In so many milliseconds this blocker goes by itself, as far as is known. */
  readonly passesInMs?: number
}
