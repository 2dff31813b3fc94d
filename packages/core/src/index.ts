export { otherSlot, type Pair, type Slot, slots } from './slot.ts'
