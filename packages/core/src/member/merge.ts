import type { Fingerprint } from '../fingerprint.ts'
import { memoised } from '../memoised.ts'
import { slots } from '../slot.ts'
import { type Client, type Clients, isKnown } from './clients.ts'
import { type Held, type RegionalRefusal, type Sample, signable, type Usage } from './sample.ts'

const keysOf = (held: Held | null): readonly Fingerprint[] =>
  held === null ? [] : slots.map(slot => held.fingerprints[slot])

const sooner = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b)

/** A usage that is still being added up. */
type Sum = { -readonly [Field in keyof Usage]: Usage[Field] }

const add = (sums: Map<Fingerprint, Sum>, usage: readonly Usage[]): void => {
  for (const one of usage) {
    const sum = sums.get(one.fingerprint)
    if (sum === undefined) {
      sums.set(one.fingerprint, { ...one })
    } else {
      sum.inFlight += one.inFlight
      sum.total += one.total
      sum.idleMs = sooner(sum.idleMs, one.idleMs)
    }
  }
}

const inUse = (fingerprint: Fingerprint): Usage => ({
  fingerprint,
  inFlight: 1,
  total: 0,
  idleMs: 0,
})

/**
 * Unknown counts as in use: every key that the client was seen with, in flight at least once, now.
 * A lost client is asked about at every event of the others, and says the same each time.
 */
const worstCase = memoised(({ sample }: Client): readonly Usage[] => {
  const last = sample?.usage ?? []
  const held = keysOf(sample?.held ?? null).filter(key => !hasKey(last, key))
  const seen = last.map(usage => ({ ...usage, inFlight: Math.max(1, usage.inFlight), idleMs: 0 }))
  return [...held.map(inUse), ...seen]
})

const hasKey = (usage: readonly Usage[], key: Fingerprint): boolean =>
  usage.some(({ fingerprint }) => fingerprint === key)

/**
 * Use of each key by a whole member. Idle spans stay as of each client's sample: time that
 * nobody observed is not silence. `own` is the member's sample of itself: its probes. Every key
 * held is named, used or not: a key that a report does not name is not known to be idle.
 */
export const mergeUsage = (own: Sample, clients: Clients): readonly Usage[] => {
  const sums = new Map<Fingerprint, Sum>()
  // Nobody says of a client that was not heard that it lacks what the member itself holds.
  const feared = keysOf(own.held).map(inUse)
  for (const { fingerprint } of feared) {
    sums.set(fingerprint, { fingerprint, inFlight: 0, total: 0, idleMs: null })
  }
  add(sums, own.usage)
  for (const client of clients) {
    if (isKnown(client)) {
      add(sums, client.sample.usage)
    } else {
      const worst = worstCase(client)
      add(sums, worst)
      add(
        sums,
        feared.filter(({ fingerprint }) => !hasKey(worst, fingerprint)),
      )
    }
  }
  return [...sums.values()]
}

/** Proven refusals of all clients, each pair of key and endpoint once, for its longest span. */
export const mergeRefusals = (own: Sample, clients: Clients): readonly RegionalRefusal[] => {
  const merged = new Map<string, RegionalRefusal>()
  const widen = (refused: readonly RegionalRefusal[]): void => {
    for (const one of refused) {
      const name = `${one.fingerprint} ${one.endpoint}`
      const known = merged.get(name)
      if (known === undefined || one.forMs > known.forMs) merged.set(name, one)
    }
  }
  widen(own.refused)
  for (const { sample } of clients) if (sample !== null) widen(sample.refused)
  return [...merged.values()]
}

/** Keys still in flight that nobody may sign with any more: fenced, or no longer held. */
export const undrained = (held: Held | null, usage: readonly Usage[]): readonly Fingerprint[] => {
  const usable = held === null ? [] : signable(held)
  return usage
    .filter(({ fingerprint, inFlight }) => inFlight > 0 && !usable.includes(fingerprint))
    .map(({ fingerprint }) => fingerprint)
}
