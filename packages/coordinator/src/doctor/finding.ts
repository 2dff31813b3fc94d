/** `unasked`: it could not be asked, or was left out; nobody knows. */
export type Verdict = 'well' | 'warning' | 'wrong' | 'unasked'

/** What is looked at, in the order of the report. */
export const checks = [
  'identity',
  'account',
  'rights',
  'locks',
  'network',
  'cloud',
  'local-auth',
  'vault',
  'keyset',
  'regions',
  'clocks',
  'evidence',
  'limits',
  'coordinator',
  'members',
] as const

export type CheckName = (typeof checks)[number]

/** Every code that the doctor can give, which is the contract; docs/doctor.md has an entry for each. */
export const findingCodes = [
  'SIGN_IN_FAILED',
  'ACCOUNT_UNREADABLE',
  'ACCOUNT_CHANGING',
  'ENDPOINT_DIFFERS',
  'RIGHT_MISSING',
  'RIGHTS_UNKNOWN',
  'LOCK_READ_ONLY',
  'LOCKS_UNKNOWN',
  'FIREWALL_BLOCKS',
  'PUBLIC_ACCESS_DISABLED',
  'FIREWALL_SELECTIVE',
  'CLOUD_MIXED',
  'CLOUD_UNKNOWN',
  'LOCAL_AUTH_DISABLED',
  'VAULT_UNREACHABLE',
  'VAULT_AUTHORITY_DIFFERS',
  'SECRET_GET_REFUSED',
  'SECRET_SET_REFUSED',
  'SECRET_SET_UNKNOWN',
  'KEYSET_MISSING',
  'KEYSET_FOREIGN',
  'KEYSET_DIFFERS',
  'KEYSET_FENCED',
  'KEYS_UNREADABLE',
  'REGION_UNREACHABLE',
  'KEY_REFUSED',
  'KEY_NOT_TRIED',
  'CLOCK_OFF',
  'CLOCK_UNKNOWN',
  'EVIDENCE_UNREADABLE',
  'STANDBY_RECENTLY_USED',
  'ARM_BUDGET_LOW',
  'SECRET_TOO_LARGE',
  'COORDINATOR_SILENT',
  'COORDINATOR_DIFFERS',
  'NOT_ADOPTED',
  'FLEET_UNKNOWN',
  'MEMBER_MISSING',
  'MEMBER_STALE',
  'MEMBER_NOT_DURABLE',
  'MEMBER_OLDER',
  'KEYSET_BEHIND',
  'NOT_FENCED',
  'CLIENT_LOST',
] as const

export type FindingCode = (typeof findingCodes)[number]

export type Finding =
  | { readonly check: CheckName; readonly verdict: 'well'; readonly sentence: string }
  | Trouble

export interface Trouble {
  readonly check: CheckName
  readonly verdict: Exclude<Verdict, 'well'>
  readonly code: FindingCode
  /** What is so. */
  readonly sentence: string
  /** What to do about it. */
  readonly remedy: string
}

export const well = (check: CheckName, sentence: string): Finding => ({
  check,
  verdict: 'well',
  sentence,
})

export const trouble =
  (check: CheckName) =>
  (verdict: Trouble['verdict'], code: FindingCode, sentence: string, remedy: string): Trouble => ({
    check,
    verdict,
    code,
    sentence,
    remedy,
  })
