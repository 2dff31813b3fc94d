import type { Fingerprint } from '../fingerprint.ts'

/**
 * A regional endpoint that refuses a key. A suspected refusal steers choices, and is neither
 * reported nor remembered once the key proves well.
 */
export interface KeyRefusal {
  readonly fingerprint: Fingerprint
  readonly endpoint: string
  /** When it became known, on the clock of whoever keeps the list, in ms. */
  readonly since: number
  readonly proven: boolean
}

/** Only a key that is still held can be refused: a late 401 says nothing about its successor. */
export type RefusalEvent =
  | {
      /** An account read was refused with this key: no container can be to blame. */
      readonly kind: 'account-read-refused'
      readonly fingerprint: Fingerprint
      readonly endpoint: string
      readonly at: number
      readonly held: readonly Fingerprint[]
    }
  | {
      /** An attempt was accepted with this key, after it had been refused with others. */
      readonly kind: 'accepted'
      readonly fingerprint: Fingerprint
      readonly endpoint: string
      readonly at: number
      readonly held: readonly Fingerprint[]
      readonly afterRefusalOf: readonly {
        readonly fingerprint: Fingerprint
        /** Something but the key may have been to blame: the container, or a write that it may not do. */
        readonly ambiguous: boolean
      }[]
    }
  | { readonly kind: 'swapped'; readonly held: readonly Fingerprint[] }

const at =
  (fingerprint: Fingerprint, endpoint: string) =>
  (refusal: KeyRefusal): boolean =>
    refusal.fingerprint === fingerprint && refusal.endpoint === endpoint

const add = (refusals: readonly KeyRefusal[], added: KeyRefusal): readonly KeyRefusal[] => {
  const known = refusals.find(at(added.fingerprint, added.endpoint))
  if (known === undefined) return [...refusals, added]
  if (known.proven || !added.proven) return refusals
  return refusals.map(refusal => (refusal === known ? { ...known, proven: true } : refusal))
}

/**
 * Refusals per key and regional endpoint. A 401 alone proves nothing: a container that was just
 * re-created refuses every key, a lagging region one. A key is refused at an endpoint only if the
 * same attempt was then accepted there with another key, or if an account read is refused too.
 * A key that is accepted is well there, whatever was known.
 */
export const nextRefusals = (
  refusals: readonly KeyRefusal[],
  event: RefusalEvent,
): readonly KeyRefusal[] => {
  switch (event.kind) {
    case 'swapped':
      return refusals.every(({ fingerprint }) => event.held.includes(fingerprint))
        ? refusals
        : refusals.filter(({ fingerprint }) => event.held.includes(fingerprint))
    case 'account-read-refused': {
      const { fingerprint, endpoint, at: since, held } = event
      if (!held.includes(fingerprint)) return refusals
      return add(refusals, { fingerprint, endpoint, since, proven: true })
    }
    case 'accepted': {
      const { fingerprint, endpoint, at: since, held } = event
      const isWell = at(fingerprint, endpoint)
      const rest = refusals.some(isWell) ? refusals.filter(each => !isWell(each)) : refusals
      return event.afterRefusalOf
        .filter(tried => tried.fingerprint !== fingerprint && held.includes(tried.fingerprint))
        .reduce(
          (list, tried) =>
            add(list, {
              fingerprint: tried.fingerprint,
              endpoint,
              since,
              proven: !tried.ambiguous,
            }),
          rest,
        )
    }
  }
}
