import {
  clientLabel,
  type MemberState,
  notServing,
  sameHeld,
  sayableAcknowledgement,
} from '@keyturn/core'
import type { Log } from './log.ts'

/** Writes down what became true with an event: one name per fact, fingerprints and never keys. */
export const tellFacts = (log: Log, before: MemberState, after: MemberState): void => {
  tellKeyset(log, before, after)
  tellJoining(log, before, after)
  tellServing(log, before, after)
  tellClients(log, before, after)
  const acknowledged = sayableAcknowledgement(after)
  if (acknowledged !== null && !sameHeld(acknowledged, sayableAcknowledgement(before))) {
    const { version, fenced } = acknowledged
    log.info({ event: 'acknowledged', version, fenced }, 'All clients hold this keyset.')
  }
}

const tellKeyset = (log: Log, before: MemberState, { held }: MemberState): void => {
  if (held === null || held === before.held) return
  log.info({ event: 'keyset-swapped', ...held }, 'Another keyset is held.')
}

const tellJoining = (log: Log, before: MemberState, { joining, floor }: MemberState): void => {
  if (joining === before.joining) return
  if (joining === 'joined') {
    log.info({ event: 'joined', floor }, 'The coordinator has recorded this member.')
  } else {
    log.warn(
      { event: 'outside-guarantee' },
      'No coordinator has recorded this member: it serves all the same, and a rotation cannot count on it.',
    )
  }
}

const tellServing = (log: Log, before: MemberState, after: MemberState): void => {
  const refusal = notServing(after)
  if (refusal === notServing(before)) return
  if (refusal === null) log.info({ event: 'serving' }, 'Applications are handed the keyset.')
  else log.warn({ event: 'not-serving', code: refusal }, 'Applications are handed no keyset now.')
}

const tellClients = (log: Log, before: MemberState, after: MemberState): void => {
  if (before.clients === after.clients) return
  const lost = after.clients.filter(({ state }) => state === 'lost')
  if (lost.length === 0) return
  // Every sample of a thousand clients comes by here: one pass, not one for each of them.
  const states = new Map(before.clients.map(({ id, state }) => [id, state]))
  for (const client of lost.filter(({ id }) => states.get(id) === 'attached')) {
    log.warn(
      { event: 'client-lost', client: clientLabel(client) },
      'A client vanished without a goodbye: it counts as in use until it returns or is proven dead.',
    )
  }
}
