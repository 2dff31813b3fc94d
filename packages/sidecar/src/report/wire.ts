import { firstSequence, type MemberState, type Statement, type Usage } from '@keyturn/core'
import type { SourceStatus } from '@keyturn/keyring'
import type { Pod, Report } from '@keyturn/protocol'
import { release } from '../release.ts'

/** As many as the wire carries. */
const usageMax = 16
const refusedMax = 64
const lostMax = 1_000

/** Keys that are held come first, then those still in flight: what a gate asks about. */
const mostTelling = (statement: Statement): readonly Usage[] => {
  const held = Object.values(statement.held?.fingerprints ?? {})
  const weight = (usage: Usage): number =>
    held.includes(usage.fingerprint) ? 2 : usage.inFlight > 0 ? 1 : 0
  return statement.usage.toSorted((a, b) => weight(b) - weight(a)).slice(0, usageMax)
}

export interface Envelope {
  readonly state: MemberState
  readonly statement: Statement
  /** How many reports this process has sent before. */
  readonly sent: number
  readonly source: SourceStatus
  readonly stalenessMsMax: number
  readonly holdMs: number
  readonly goodbye: boolean
  readonly pod?: Pod | undefined
}

/** A statement as it goes over the wire; `null` while it is not known whose keys these are. */
export const reportFor = (envelope: Envelope): Report | null => {
  const { state, statement, source } = envelope
  if (state.subject === null) return null
  return {
    incarnation: state.identity.incarnation,
    previousIncarnation: state.identity.previousIncarnation,
    sequence: firstSequence(state.identity) + envelope.sent,
    account: state.subject.account,
    pair: state.subject.pair,
    source: {
      kind: source.serving ?? source.kind,
      stalenessMsMax: envelope.stalenessMsMax,
      ageMs: source.ageMs,
    },
    durable: statement.durable,
    held: wireHeld(statement.held),
    acknowledged: wireHeld(statement.acknowledged),
    proven: [...statement.proven],
    usage: mostTelling(statement).map(usage => ({ ...usage })),
    refused: statement.refused.slice(0, refusedMax).map(refusal => ({ ...refusal })),
    clients: {
      attached: statement.clients.attached,
      lost: statement.clients.lost.slice(0, lostMax),
    },
    goodbye: envelope.goodbye,
    holdMs: envelope.holdMs,
    knownVersion: statement.knownVersion,
    ahead: wireHeld(statement.ahead),
    floor: statement.floor,
    release,
    ...(envelope.pod === undefined ? {} : { pod: envelope.pod }),
  }
}

const wireHeld = (held: Statement['held']): Report['held'] =>
  held === null ? null : { ...held, fenced: [...held.fenced] }
