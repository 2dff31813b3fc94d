import { otherSlot, type Slot } from '../slot.ts'
import type { PhaseName } from './phase.ts'

/** What each phase does, in a sentence for whoever has to agree to it. */
export const deedOf = (phase: PhaseName, from: Slot): string => {
  const standby = otherSlot(from)
  const deeds: Readonly<Record<PhaseName, string>> = {
    preflight: 'Wait until every gate is clear; nothing is changed.',
    'fencing-standby': `Publish a fence: nobody signs with the ${standby} key any more.`,
    'regenerating-standby': `Azure regenerates the ${standby} key; everything runs on the ${from} key.`,
    'probing-standby': `Try the new ${standby} key in every region until it is live.`,
    'publishing-standby': `Publish the new ${standby} key: every member holds and proves it.`,
    switching: `Publish ${standby} as active: every member signs with it.`,
    baking: `Let real traffic run on the ${standby} key; the ${from} key still works.`,
    'fencing-former': `Publish a fence: nobody signs with the ${from} key any more.`,
    'regenerating-former': `Azure regenerates the ${from} key: from here there is only forward.`,
    'probing-former': `Try the new ${from} key in every region until it is live.`,
    'publishing-former': `Publish the new ${from} key: every member holds it.`,
    completed: 'Done.',
    reverting: `Back to the ${from} key.`,
    reverted: 'Done.',
  }
  return deeds[phase]
}
