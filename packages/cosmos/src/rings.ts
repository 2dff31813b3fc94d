import { fixed, Ring, type Source } from '@keyturn/keyring'
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

type Rings = WeakMap<Source, Made>

const place = Symbol.for('keyturn.rings')
const known: unknown = Reflect.get(globalThis, place)

/**
 * A source starts once, so clients that are given the same source share one ring. The map is the
 * process's: both builds of this package may be loaded in one, and be given one source.
 */
const madeFor: Rings = known instanceof WeakMap ? known : new WeakMap()
Reflect.set(globalThis, place, madeFor)

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
 * @throws OptionError where it is neither a source, a ring nor a pair of account keys.
 */
export const ringFor = (keys: Keys): RingLease => {
  const option = readKeys(keys)
  if (option.is === 'ring') return { ring: option.ring, giveBack: async () => {} }
  return lease(option.is === 'source' ? option.source : fixed(option.literal))
}
