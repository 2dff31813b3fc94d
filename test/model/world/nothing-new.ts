import { type IncomingReport, judgeOffer, refusalFor, storeIsDue } from '@keyturn/core'
import { keysetOf, probed } from './sidecar.ts'
import type { Client, Leader, Sidecar, State } from './state.ts'

/**
 * Steps that leave everything as it is, told before they are taken: most of a state's steps are
 * such, and to take one only to find that its end has the same key costs the most of a search.
 * Each of these may say no where it is not sure.
 */

/** Nothing is left to read, to hand on, to hear, to probe or to write down. */
export const hasCaughtUp = (
  { vault, azure, spec }: State,
  sidecar: Sidecar,
  needsTelling: (at: number) => boolean,
): boolean => {
  const { latest } = vault
  if (latest && judgeOffer(sidecar.ring, keysetOf(latest)).take) return false
  if (spec.disk === 'at-once' && storeIsDue(sidecar.state)) return false
  if (probed(sidecar, azure) !== sidecar) return false
  return sidecar.clients.every(
    (client, at) =>
      client.life !== 'up' || (client.connected && !mayTake(sidecar, client) && !needsTelling(at)),
  )
}

const mayTake = ({ ring, state }: Sidecar, client: Client): boolean =>
  ring !== null &&
  refusalFor(state, client.identity.id) === null &&
  judgeOffer(client.ring, ring).take

/** The coordinator has heard just this at this moment, and its answer is known as well. */
export const isKnownAlready = (
  { store, now, spec }: State,
  { name, state, bound, excused, mail }: Sidecar,
  { incarnation, previousIncarnation: _, sequence: __, goodbye, ...said }: IncomingReport,
  answer: { readonly floor: number; readonly announced: number },
): boolean => {
  if (mail !== null || goodbye || !bound || excused) return false
  if (state.joining !== 'joined' || !state.identity.confirmed) return false
  if (state.floor < answer.floor || state.announced < answer.announced) return false
  if (spec.disk === 'at-once' && storeIsDue(state)) return false
  const row = store.fleet.find(one => one.name === name && one.incarnation === incarnation)
  if (row?.standing !== 'joined' || row.reportedAt !== now) return false
  return JSON.stringify(row.report) === JSON.stringify(said)
}

/** A turn that looked, and decided to wait: it remembers nothing that it did not before. */
export const hasOnlyWaited = (before: State, after: State, index: number): boolean => {
  const { leaders: _, ...rest } = before
  const names = Object.keys(rest) as (keyof typeof rest)[]
  return (
    names.every(name => before[name] === after[name]) &&
    before.leaders.length === after.leaders.length &&
    before.leaders.every((leader, at) => {
      const then = after.leaders[at]
      return leader === then || (at === index && then !== undefined && sameLeader(leader, then))
    })
  )
}

const sameLeader = (a: Leader, b: Leader): boolean =>
  a.stage.at === 'idle' &&
  b.stage.at === 'idle' &&
  a.probes.length === 0 &&
  b.probes.length === 0 &&
  (Object.keys(a) as (keyof Leader)[]).every(
    name => name === 'stage' || name === 'probes' || a[name] === b[name],
  )
