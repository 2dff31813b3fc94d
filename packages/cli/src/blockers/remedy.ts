import type { Blocker, BlockerCode } from '@keyturn/core'

type Subject = Pick<Blocker, 'member' | 'client' | 'consumer'>

const reason = '--reason "…"'
const waive = (code: BlockerCode) => (subject: Subject) =>
  ['keyturn waive', code, ...named(subject), reason].join(' ')
const evict = ({ member }: Subject) => (member ? `keyturn evict ${member} ${reason}` : null)
const fleet = () => 'keyturn fleet'
const itself = () => null

const named = ({ member, client, consumer }: Subject): string[] => [
  ...(member === undefined ? [] : ['--member', member]),
  ...(client === undefined ? [] : ['--client', client]),
  ...(consumer === undefined ? [] : ['--consumer', consumer]),
]

/**
 * The command that helps, for each code: a new code does not compile until it has its own.
 * None where it passes by itself, or where what helps is done elsewhere, as its sentence says.
 */
const remedies: Readonly<Record<BlockerCode, (subject: Subject) => string | null>> = {
  FLEET_UNKNOWN: fleet,
  FLEET_SETTLING: itself,
  MEMBER_MISSING: fleet,
  MEMBER_STALE: evict,
  MEMBER_TWIN: evict,
  MEMBER_NOT_DURABLE: waive('MEMBER_NOT_DURABLE'),
  KEYSET_BEHIND: fleet,
  NOT_FENCED: waive('NOT_FENCED'),
  IN_FLIGHT: itself,
  STILL_IN_USE: fleet,
  CLIENT_LOST: waive('CLIENT_LOST'),
  SOURCE_LAG: itself,
  ACTIVE_REFUSED: fleet,
  PROBE_FAILING: itself,
  PROBE_PENDING: itself,
  ACCOUNT_BUSY: itself,
  REGENERATION_RUNNING: itself,
  ARM_UNREACHABLE: itself,
  ARM_DIFFERS: itself,
  AZURE_REFUSED: itself,
  RECENTLY_USED: waive('RECENTLY_USED'),
  EVIDENCE_PENDING: itself,
  CONSUMER_PENDING: ({ consumer }) =>
    consumer === undefined ? null : `keyturn acknowledge ${consumer} ${reason}`,
  APPROVAL_MISSING: () => 'keyturn approve',
  OUTSIDE_WINDOW: itself,
  VAULT_UNREACHABLE: itself,
  VAULT_DIFFERS: itself,
  BAKING: itself,
  PAUSED: () => `keyturn resume ${reason}`,
  KEY_IN_USE: fleet,
  NOT_ADOPTED: () => 'keyturn init',
  ALREADY_ADOPTED: itself,
  ROTATION_RUNNING: () => 'keyturn watch',
  NO_ROTATION: () => `keyturn rotate ${reason}`,
  NOT_PAUSED: itself,
  TOO_LATE: itself,
  UNKNOWN_MEMBER: fleet,
  UNKNOWN_CONSUMER: itself,
  NOTHING_TO_APPROVE: () => 'keyturn status',
  NOT_AN_APPROVER: itself,
  NOT_WAIVABLE: itself,
  NOT_ASKED: itself,
  RETIRED: itself,
  PLATFORM_UNREACHABLE: itself,
  SLOT_MISSING: itself,
  REASON_MISSING: itself,
}

/** @param account where the operator named one: the command names it as well */
export const remedyOf = (code: BlockerCode, subject: Subject, account?: string): string | null => {
  const command = remedies[code](subject)
  return command === null || account === undefined ? command : `${command} --account ${account}`
}
