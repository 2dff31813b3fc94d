import { type Effect, type JournalEvent, type Slot, sameFingerprints } from '@keyturn/core'
import { post, withMail } from './azure.ts'
import { append, fallen, setLeader } from './leader.ts'
import type { Move } from './move.ts'
import { isSignedWithOutside } from './outside.ts'
import type { State } from './state.ts'
import { installation, judgeArrival, judgeSending, judgeWriting } from './truth.ts'

interface Recorded {
  readonly effect: Effect
  readonly clean: boolean
  readonly since: number
}

/** The effect that a turn has recorded, with all that may become of it. */
export const applies = (state: State, index: number, recorded: Recorded): readonly Move[] => {
  const crash: Move = {
    says: 'and crashes before it does anything',
    fault: 'coordinator-crash',
    to: setLeader(state, index, fallen),
  }
  const moves =
    recorded.effect.do === 'publish'
      ? publishes(state, recorded.effect, recorded.clean)
      : regenerates(state, index, recorded, recorded.effect)
  return [...moves, crash]
}

/** Reads the keys again, and writes only what the journal says (PROTOCOL, P7). */
const publishes = (
  state: State,
  { publication }: Effect & { do: 'publish' },
  clean: boolean,
): readonly Move[] => {
  const says = `version ${publication.version}`
  if (!sameFingerprints(state.azure.keys, publication.fingerprints)) {
    return [{ says: `${says} is not written, ARM shows other keys`, fault: null, to: state }]
  }
  const judged = judgeWriting(state, publication.version, clean)
  const { vault } = judged
  const written = { ...publication, installation }
  return [
    {
      says: `${says} stands in the vault`,
      fault: null,
      to: { ...judged, vault: wrote(vault, written) },
    },
    { says: `${says} is lost on its way`, fault: 'vault-write-lost', to: state },
    {
      says: `${says} is late`,
      fault: 'vault-write-late',
      to: { ...state, vault: { ...vault, writes: [...vault.writes, written] } },
    },
  ]
}

export const wrote = (vault: State['vault'], latest: NonNullable<State['vault']['latest']>) => ({
  ...vault,
  latest,
  before: vault.latest ?? vault.before,
})

const regenerates = (
  state: State,
  index: number,
  { clean, since }: Recorded,
  { slot, attempt, skipUsageCheck }: Effect & { do: 'regenerate' },
): readonly Move[] => {
  if (state.now > since) {
    return [{ says: `attempt ${attempt} is given up: its time is over`, fault: null, to: state }]
  }
  const sent = judgeSending(state, slot, clean)
  const arrived = arrive(sent, slot)
  const note = (to: State, event: JournalEvent): State => append(to, index, [event]).state
  const answered =
    arrived.id === null
      ? note(arrived.state, { type: 'regenerate-settled', attempt, why: 'refused', detail: '412' })
      : note(arrived.state, { type: 'regenerate-accepted', attempt, operation: arrived.id })
  const late = withMail(sent.azure, [...sent.azure.mail, { slot, clean }])
  const refused = { type: 'regenerate-settled', attempt, why: 'refused', detail: '429' } as const
  if (!skipUsageCheck && isSignedWithOutside(state, state.azure.keys[slot])) {
    const why = { why: 'refused', detail: '403', because: 'recently-used' } as const
    const to = note(sent, { type: 'regenerate-settled', attempt, ...why })
    return [{ says: 'Azure refuses, for the key was used of late', fault: null, to }]
  }
  return [
    { says: `the POST arrives${arrived.id ? '' : ', and is refused'}`, fault: null, to: answered },
    { says: 'the POST arrives, its answer is lost', fault: 'arm-answer-lost', to: arrived.state },
    {
      says: 'the POST arrives, and it crashes',
      fault: 'coordinator-crash',
      to: setLeader(arrived.state, index, fallen),
    },
    { says: 'the POST is late', fault: 'arm-late', to: { ...sent, azure: late } },
    { says: 'the POST never leaves', fault: 'arm-never-sent', to: state },
    { says: 'ARM refuses the POST', fault: 'arm-refuses', to: note(sent, refused) },
  ]
}

export const arrive = (
  state: State,
  slot: Slot,
): { readonly state: State; readonly id: string | null } => {
  const { azure, id } = post(state.azure, slot)
  return { state: id === null ? state : judgeArrival({ ...state, azure }, slot), id }
}
