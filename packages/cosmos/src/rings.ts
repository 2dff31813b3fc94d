import { fixed, Ring, type Source } from '@keyturn/keyring'
import type { Keys } from './options.ts'

const isSource = (keys: Keys): keys is Source => 'start' in keys && 'refresh' in keys

/** By shape, so that two copies of the library in one process still understand each other. */
const isRing = (keys: Keys): keys is Ring => 'begin' in keys && 'offer' in keys

/** A ring on loan: whoever took it gives it back when it closes. */
export interface RingLease {
  readonly ring: Ring
  /** Stops the ring with its last user, where it was made here. */
  giveBack(): Promise<void>
}

interface Made {
  readonly ring: Ring
  users: number
}

/** A source starts once, so clients that are given the same source share one ring. */
const madeFor = new WeakMap<Source, Made>()

const lease = (source: Source): RingLease => {
  const made = madeFor.get(source) ?? { ring: new Ring({ source }), users: 0 }
  madeFor.set(source, made)
  made.users += 1
  return {
    ring: made.ring,
    giveBack: async () => {
      made.users -= 1
      if (made.users > 0) return
      madeFor.delete(source)
      await made.ring.stop()
    },
  }
}

/**
 * The ring for whatever `keys` is. One that the caller made is the caller's to stop.
 * @throws TypeError where it is neither a source, a ring nor a pair of account keys.
 */
export const ringFor = (keys: Keys): RingLease => {
  if (typeof keys !== 'object' || keys === null) {
    throw new TypeError(
      '"keys" is missing. Pass a source (sidecar(), keyVault(…), files(…)), a Ring, ' +
        'or { primary, secondary }.',
    )
  }
  if (isRing(keys)) return { ring: keys, giveBack: async () => {} }
  return lease(isSource(keys) ? keys : fixed(keys))
}
