import type { Fingerprint } from '../fingerprint.ts'
import { slots } from '../slot.ts'
import { type Client, type Clients, isKnown } from './clients.ts'
import { type Held, type RegionalRefusal, type Sample, signable, type Usage } from './sample.ts'

const keysOf = (held: Held | null): readonly Fingerprint[] =>
  held === null ? [] : slots.map(slot => held.fingerprints[slot])

const sooner = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

const sum = (a: Usage | undefined, b: Usage): Usage => ({
  fingerprint: b.fingerprint,
  inFlight: b.inFlight + (a?.inFlight ?? 0),
  total: b.total + (a?.total ?? 0),
  idleMs: sooner(a?.idleMs ?? null, b.idleMs),
})

/** Unknown counts as in use: every key that the client may hold, in flight at least once, now. */
const worstCase = (client: Client, own: Held | null): readonly Usage[] => {
  const last = client.sample?.usage ?? []
  const names = new Set([
    ...keysOf(own),
    ...keysOf(client.sample?.held ?? null),
    ...last.map(({ fingerprint }) => fingerprint),
  ])
  return [...names].map(fingerprint => {
    const known = last.find(usage => usage.fingerprint === fingerprint)
    return {
      fingerprint,
      inFlight: Math.max(1, known?.inFlight ?? 0),
      total: known?.total ?? 0,
      idleMs: 0,
    }
  })
}

/**
 * Use of each key by a whole member. Idle spans stay as of each client's sample: time that
 * nobody observed is not silence. `own` is the member's sample of itself: its probes. Every key
 * held is named, used or not: a key that a report does not name is not known to be idle.
 */
export const mergeUsage = (own: Sample, clients: Clients): readonly Usage[] => {
  const merged = new Map<Fingerprint, Usage>(
    keysOf(own.held).map(fingerprint => [
      fingerprint,
      { fingerprint, inFlight: 0, total: 0, idleMs: null },
    ]),
  )
  const add = (usage: readonly Usage[]): void => {
    for (const one of usage) merged.set(one.fingerprint, sum(merged.get(one.fingerprint), one))
  }
  add(own.usage)
  for (const client of clients) {
    add(isKnown(client) ? client.sample.usage : worstCase(client, own.held))
  }
  return [...merged.values()]
}

/** Proven refusals of all clients, each pair of key and endpoint once, for its longest span. */
export const mergeRefusals = (own: Sample, clients: Clients): readonly RegionalRefusal[] => {
  const merged = new Map<string, RegionalRefusal>()
  for (const { refused } of [own, ...clients.map(client => client.sample)].filter(
    s => s !== null,
  )) {
    for (const one of refused) {
      const name = `${one.fingerprint} ${one.endpoint}`
      const known = merged.get(name)
      if (known === undefined || one.forMs > known.forMs) merged.set(name, one)
    }
  }
  return [...merged.values()]
}

/** Keys still in flight that nobody may sign with any more: fenced, or no longer held. */
export const undrained = (held: Held | null, usage: readonly Usage[]): readonly Fingerprint[] => {
  const usable = held === null ? [] : signable(held)
  return usage
    .filter(({ fingerprint, inFlight }) => inFlight > 0 && !usable.includes(fingerprint))
    .map(({ fingerprint }) => fingerprint)
}
