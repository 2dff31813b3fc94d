import type { Fingerprint } from '../fingerprint.ts'
import { aheadOf } from './ahead.ts'
import { clientLabel } from './clients.ts'
import { isOnDisk, sayableAcknowledgement } from './durable.ts'
import { mergeRefusals, mergeUsage, undrained } from './merge.ts'
import { type Held, type RegionalRefusal, type Sample, sameHeld, type Usage } from './sample.ts'
import type { MemberState } from './state.ts'

/** What a member says of itself, without what only the wire needs. */
export interface Statement {
  readonly held: Held | null
  readonly acknowledged: Held | null
  readonly proven: readonly Fingerprint[]
  readonly usage: readonly Usage[]
  readonly refused: readonly RegionalRefusal[]
  readonly durable: boolean
  readonly clients: { readonly attached: number; readonly lost: readonly string[] }
  readonly knownVersion: number
  /** What it remembers, or one of its clients holds, and it does not hold itself; not older. */
  readonly ahead: Held | null
  /** Below it this member serves nothing. */
  readonly floor: number
}

const selfSample = ({ held, probes, refused }: MemberState): Sample => ({
  sequence: 0,
  held,
  usage: probes,
  refused,
})

/**
 * A client counts once it stands on the disk: whoever forgot it in a crash must not have told an
 * operator before that it is looked after (PROTOCOL, P11).
 */
const countedOf = ({ stored, clients }: MemberState): number =>
  clients.filter(
    ({ id, state }) => state === 'attached' && (stored === null || isOnDisk(stored, id)),
  ).length

/** What a member may truthfully say now. */
export const statementOf = (state: MemberState): Statement => {
  const self = selfSample(state)
  return {
    held: state.held,
    acknowledged: sayableAcknowledgement(state),
    proven: state.proven,
    usage: mergeUsage(self, state.clients),
    refused: mergeRefusals(self, state.clients),
    durable: state.stored !== null,
    clients: {
      attached: countedOf(state),
      lost: state.clients.filter(client => client.state === 'lost').map(clientLabel),
    },
    knownVersion: Math.max(state.announced, state.held?.version ?? 0),
    ahead: aheadOf(state),
    floor: state.floor,
  }
}

/** Lists of keys are short, that of lost clients may be as long as a machine has applications. */
const sameNames = (a: readonly string[], b: readonly string[]): boolean => {
  if (a.length !== b.length) return false
  const names = new Set(b)
  return a.every(name => names.has(name))
}

const refusalName = ({ fingerprint, endpoint }: RegionalRefusal): string =>
  `${fingerprint} ${endpoint}`

/**
 * Whether a statement is told at once rather than with the next report: anything that opens or
 * shuts a gate. Counts that merely move are no news.
 */
export const isNews = (before: Statement | null, now: Statement): boolean =>
  before === null ||
  !sameHeld(before.held, now.held) ||
  !sameHeld(before.acknowledged, now.acknowledged) ||
  !sameHeld(before.ahead, now.ahead) ||
  before.durable !== now.durable ||
  before.clients.attached !== now.clients.attached ||
  !sameNames(before.proven, now.proven) ||
  !sameNames(before.clients.lost, now.clients.lost) ||
  !sameNames(before.refused.map(refusalName), now.refused.map(refusalName)) ||
  !sameNames(undrained(before.held, before.usage), undrained(now.held, now.usage))

/** A member leaves once every client is gone: attached and lost ones bind it (PROTOCOL, P13). */
export const mayGoodbye = (state: MemberState): boolean => state.clients.length === 0
