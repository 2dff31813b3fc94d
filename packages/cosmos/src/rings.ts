import { chain, fixed, Ring, type Source } from '@keyturn/keyring'
import { type Keys, readKeys } from './keys-option.ts'

/** A ring on loan: whoever took it gives it back when it closes. */
export interface RingLease {
  readonly ring: Ring
  /** Starts the ring, once whoever had its source before has let go of it. */
  start(): void
  /**
   * Stops the ring with its last user, where it was made here.
   * @param drainMsMax how long it may still wait for what is in flight.
   */
  giveBack(drainMsMax: number): Promise<void>
}

interface Made {
  readonly ring: Ring
  users: number
  /** The end of the ring that had the source before; `null`: there is none to wait for. */
  readonly before: Promise<void> | null
  /** `null`: it has users. */
  ending: Promise<void> | null
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

const take = (origin: Origin, sourceOf: () => Source): Made => {
  const known = madeFor.get(origin)
  if (known?.ending === null) return known
  const before = known?.ending ?? null
  const made: Made = { ring: new Ring({ source: sourceOf() }), users: 0, before, ending: null }
  madeFor.set(origin, made)
  return made
}

/** A source is stopped before it is started again: the other way round it would stay stopped. */
const lease = (origin: Origin, sourceOf: () => Source): RingLease => {
  const made = take(origin, sourceOf)
  const { ring, before } = made
  made.users += 1
  return {
    ring,
    start: () => void (before === null ? ring.start() : before.then(() => ring.start())),
    giveBack: async drainMsMax => {
      made.users -= 1
      if (made.users > 0) return
      const stop = (): Promise<void> => ring.stop(drainMsMax)
      const stopped = before === null ? stop() : before.then(stop)
      made.ending = stopped.catch(() => undefined)
      await stopped.finally(() => {
        if (madeFor.get(origin) === made) madeFor.delete(origin)
      })
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
      return { ring: option.ring, start: () => void option.ring.start(), giveBack: async () => {} }
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
