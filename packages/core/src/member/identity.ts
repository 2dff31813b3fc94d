/** Who a member is: one life of one name. */
export interface Identity {
  readonly incarnation: string
  /** The last incarnation that the coordinator is known to have recorded; `null`: none is. */
  readonly previousIncarnation: string | null
  /** Whether the coordinator answered a report of this incarnation. */
  readonly confirmed: boolean
  /** How many processes there have been on this durable state. */
  readonly starts: number
}

/** A process sends fewer reports than this; starts × this stays below 2^53 for 8 million starts. */
const reportsPerStartMax = 2 ** 30

/**
 * The identity of a process that starts on a durable state, or on none. An incarnation that
 * nobody answered is continued and not replaced: whether it was recorded is not known, and its
 * successor could then name neither it nor its predecessor with certainty.
 */
export const identityAtStart = (stored: Identity | null, fresh: string): Identity => {
  if (stored === null) {
    return { incarnation: fresh, previousIncarnation: null, confirmed: false, starts: 1 }
  }
  const starts = stored.starts + 1
  if (!stored.confirmed) return { ...stored, starts }
  return {
    incarnation: fresh,
    previousIncarnation: stored.incarnation,
    confirmed: false,
    starts,
  }
}

/** Above every sequence that an earlier process on the same durable state can have sent. */
export const firstSequence = ({ starts }: Identity): number => starts * reportsPerStartMax
