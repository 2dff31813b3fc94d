import {
  type BlockerCode,
  type Fingerprint,
  type Fingerprints,
  type JournalEvent,
  otherSlot,
  type Plan,
  type Slot,
  slots,
} from '@keyturn/core'

const slotsOf = (plan: Plan, from: Slot): readonly Slot[] => {
  if (plan === 'full') return slots
  return [plan === 'active' ? from : otherSlot(from)]
}

/** What a waiver must speak of so that its member is answered for no longer (invariant 1). */
const excusing: readonly BlockerCode[] = [
  'MEMBER_STALE',
  'MEMBER_TWIN',
  'MEMBER_NOT_DURABLE',
  'KEYSET_BEHIND',
  'NOT_FENCED',
  'IN_FLIGHT',
  'CLIENT_LOST',
  'SOURCE_LAG',
]

/** What a rotation has taken upon itself, and whom it has written off by name, as journalled. */
export class Duties {
  /** Keys that have to be gone before it may say that it is completed. */
  #owed: ReadonlyMap<Slot, Fingerprint> = new Map()
  /** How many regenerations had taken effect before its present plan was made. */
  effectsBefore = 0
  readonly #waived = new Set<string>()
  #from: Slot = 'primary'

  get owed(): ReadonlyMap<Slot, Fingerprint> {
    return this.#owed
  }

  /** Whether somebody, or an emergency's deadline, has written this member off for this slot. */
  isWaived(slot: Slot, member: string): boolean {
    return this.#waived.has(`${slot} ${member}`)
  }

  /** `current`: the keys as Azure has them now; `effects`: how many regenerations there were. */
  journalled(event: JournalEvent, current: Fingerprints, effects: number): void {
    switch (event.type) {
      case 'rotation-started':
        this.#waived.clear()
        this.#from = event.from
        this.effectsBefore = effects
        this.#owe(slotsOf(event.plan ?? 'full', event.from), event.before)
        break
      case 'emergency-declared':
        if (event.plan === null) this.#owe([event.slot], current)
        else this.#owe(slotsOf(event.plan, this.#from), current, this.#owed)
        break
      case 'replanned':
        this.#from = event.from
        this.effectsBefore = effects
        this.#owe(slotsOf(event.plan, event.from), current, this.#owed)
        break
      case 'waived':
        if (event.member !== undefined && excusing.includes(event.code)) {
          this.#waived.add(`${event.slot} ${event.member}`)
        }
        break
      default:
    }
  }

  #owe(
    turned: readonly Slot[],
    keys: Fingerprints,
    before: ReadonlyMap<Slot, Fingerprint> = new Map(),
  ): void {
    this.#owed = new Map(turned.map(slot => [slot, before.get(slot) ?? keys[slot]]))
  }
}
