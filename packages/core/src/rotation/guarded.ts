import { otherSlot, type Slot } from '../slot.ts'
import type { PhaseName } from './phase.ts'
import type { Plan } from './plan.ts'
import type { AccountRecord } from './record.ts'

/** What a gate guards: which key is about to go, and which one has to carry everything. */
export interface Guarded {
  readonly slot: Slot
  readonly remaining: Slot
}

const standbysPhases: readonly PhaseName[] = [
  'fencing-standby',
  'regenerating-standby',
  'probing-standby',
  'publishing-standby',
  'reverting',
]

/** What says it: a rotation, or what is told of one. */
interface Turning {
  readonly from: Slot
  readonly plan: Plan
  readonly phase: { readonly at: PhaseName }
}

/** The key that a rotation takes away next, or is taking away now. */
export const guardedOf = ({ from, plan, phase }: Turning): Guarded => {
  const standby = otherSlot(from)
  const isStandby = phase.at === 'preflight' ? plan !== 'active' : standbysPhases.includes(phase.at)
  return isStandby ? { slot: standby, remaining: from } : { slot: from, remaining: standby }
}

/** The slot whose value in ARM is ours to change now, and not yet to be published. */
export const slotBeingTurned = ({ rotation }: AccountRecord): Slot | null => {
  switch (rotation?.phase.at) {
    case 'regenerating-standby':
    case 'probing-standby':
      return otherSlot(rotation.from)
    case 'regenerating-former':
    case 'probing-former':
      return rotation.from
    case 'reverting':
      return rotation.phase.part === 'publishing' ? null : otherSlot(rotation.from)
    default:
      return null
  }
}
