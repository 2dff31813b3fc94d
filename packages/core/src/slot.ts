/** The two keys of a pair: `regenerateKey`'s `primary` and `secondary`. */
export type Slot = 'primary' | 'secondary'

/** A Cosmos DB account has a read-write pair and a read-only pair. */
export type Pair = 'readWrite' | 'readOnly'

export const slots: readonly Slot[] = ['primary', 'secondary']

export const otherSlot = (slot: Slot): Slot => (slot === 'primary' ? 'secondary' : 'primary')
