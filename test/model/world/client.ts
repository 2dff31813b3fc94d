import {
  chooseSlot,
  type Fingerprint,
  heldOf,
  judgeOffer,
  type Keyset,
  nextRefusals,
  type Sample,
  slots,
} from '@keyturn/core'
import { accepts } from './azure.ts'
import type { Azure, Client } from './state.ts'

export const newClient = (id: string): Client => ({
  identity: { id, name: id, pid: 1, presence: `${id}.sock` },
  life: 'up',
  unaware: null,
  connected: false,
  ring: null,
  request: null,
  isSpent: false,
  used: [],
  refusals: [],
  sequence: 0,
})

export const keysOf = (ring: Keyset | null): readonly Fingerprint[] =>
  ring === null ? [] : slots.map(slot => ring.keys[slot].fingerprint)

/** A keyset is offered to this process's ring, which judges it by the real rule. */
export const offered = (client: Client, keyset: Keyset): Client => {
  const verdict = judgeOffer(client.ring, keyset)
  if (!verdict.take) return client
  const held = keysOf(verdict.keyset)
  const refusals = nextRefusals(client.refusals, { kind: 'swapped', held })
  return { ...client, ring: verdict.keyset, refusals }
}

/** One synchronous sample, as a ring gives it (PROTOCOL, P14). */
export const sampleOf = (
  { ring, request, used, refusals, sequence }: Client,
  now: number,
): Sample => {
  const names = new Set([...keysOf(ring), ...(request ? [request.fingerprint] : [])])
  return {
    sequence,
    held: ring && heldOf(ring),
    usage: [...names].map(fingerprint => {
      const last = used.find(use => use.fingerprint === fingerprint)
      const inFlight = request?.fingerprint === fingerprint ? 1 : 0
      const idleMs = inFlight > 0 ? 0 : last ? now - last.at : null
      return { fingerprint, inFlight, total: 0, idleMs }
    }),
    refused: refusals
      .filter(({ proven }) => proven)
      .map(({ fingerprint, endpoint }) => ({ fingerprint, endpoint, forMs: 0 })),
  }
}

export const endpointOf = (region: number): string => `region-${region}`

const refusedAt = (client: Client, region: number): readonly Fingerprint[] =>
  client.refusals
    .filter(({ endpoint }) => endpoint === endpointOf(region))
    .map(({ fingerprint }) => fingerprint)

/** Chooses, counts and signs in one synchronous step. `null`: there is nothing to sign with. */
export const begins = (client: Client, region: number): Client | null => {
  const { ring } = client
  if (ring === null || client.isSpent) return null
  const choice = chooseSlot(ring, {
    refused: refusedAt(client, region),
    tried: [],
    refreshed: true,
  })
  if (choice === 'refresh' || choice === 'exhausted') return null
  const { fingerprint } = ring.keys[choice]
  return {
    ...client,
    isSpent: true,
    request: { fingerprint, region, tried: [], isRefusedAll: false },
  }
}

const usedNow = (client: Client, fingerprint: Fingerprint, now: number): Client => ({
  ...client,
  used: [
    ...client.used.filter(
      use => use.fingerprint !== fingerprint && keysOf(client.ring).includes(use.fingerprint),
    ),
    { fingerprint, at: now },
  ],
})

/** The request is over, however it went. */
export const ends = (client: Client, now: number): Client => {
  const { request } = client
  return request ? { ...usedNow(client, request.fingerprint, now), request: null } : client
}

/**
 * The answer comes: accepted, or refused and repeated with the other key where one is open.
 * `recreated`: the container refuses every key, whatever the region says (PROTOCOL, P16).
 */
export const isAnswered = (
  client: Client,
  azure: Azure,
  now: number,
  recreated: boolean,
  unaware: Fingerprint | null = client.unaware,
): Client => {
  const { request, ring } = client
  if (!request || ring === null) return client
  const { fingerprint, region } = request
  const isRefusedAll = recreated || request.isRefusedAll
  const held = keysOf(ring)
  const endpoint = endpointOf(region)
  const over = ends(client, now)
  const isTaken = (key: Fingerprint) => key !== unaware && accepts(azure, region, key)
  if (isTaken(fingerprint) && !isRefusedAll) {
    const afterRefusalOf = request.tried.map(tried => ({
      fingerprint: tried,
      ambiguous: false,
    }))
    const event = {
      kind: 'accepted',
      fingerprint,
      endpoint,
      at: now,
      held,
      afterRefusalOf,
    } as const
    return { ...over, refusals: nextRefusals(client.refusals, event) }
  }
  const tried = [...request.tried, fingerprint]
  const choice = chooseSlot(ring, { refused: refusedAt(client, region), tried, refreshed: true })
  if (choice !== 'refresh' && choice !== 'exhausted') {
    return {
      ...over,
      request: { ...request, isRefusedAll, fingerprint: ring.keys[choice].fingerprint, tried },
    }
  }
  // Nothing else may be tried: an account read tells a key from a container.
  const refusedOnes = tried.filter(key => !isTaken(key))
  return {
    ...over,
    refusals: refusedOnes.reduce(
      (list, key) =>
        nextRefusals(list, {
          kind: 'account-read-refused',
          fingerprint: key,
          endpoint,
          at: now,
          held,
        }),
      client.refusals,
    ),
  }
}
