import { chain, fixed, Ring, type Source } from '@keyturn/keyring'
import { type Keys, readKeys } from './keys-option.ts'

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

/** A source, or the array of them that a caller passed. */
type Origin = Source | readonly Source[]
type Rings = WeakMap<Origin, Made>

const place = Symbol.for('keyturn.rings')
const known: unknown = Reflect.get(globalThis, place)

/**
 * A source starts once, so clients that are given the same source, or the same array of them, share
 * one ring. The map is the process's: both builds of this package may be loaded in one, and be given
 * one source.
 */
const madeFor: Rings = known instanceof WeakMap ? known : new WeakMap()
Reflect.set(globalThis, place, madeFor)

const lease = (origin: Origin, sourceOf: () => Source): RingLease => {
  const made = madeFor.get(origin) ?? { ring: new Ring({ source: sourceOf() }), users: 0 }
  madeFor.set(origin, made)
  made.users += 1
  return {
    ring: made.ring,
    giveBack: async () => {
      made.users -= 1
      if (made.users > 0) return
      madeFor.delete(origin)
      await made.ring.stop()
    },
  }
}

/**
 * The ring for whatever `keys` is. One that the caller made is the caller's to stop.
 * @throws OptionError where it is neither a source, an array of them, a ring nor a pair of account
 * keys.
 */
export const ringFor = (keys: Keys): RingLease => {
  const option = readKeys(keys)
  switch (option.is) {
    case 'ring':
      return { ring: option.ring, giveBack: async () => {} }
    case 'source':
      return lease(option.source, () => option.source)
    case 'sources':
      return lease(option.sources, () => chain(option.sources))
    case 'literal': {
      const source = fixed(option.literal)
      return lease(source, () => source)
    }
  }
}
