import { otherSlot, slots } from '@keyturn/core'
import t from 'tap'

t.test('the other slot of the other slot is the slot itself', async t => {
  for (const slot of slots) {
    t.not(otherSlot(slot), slot)
    t.equal(otherSlot(otherSlot(slot)), slot)
  }
})
