import type { BlockerCode, PhaseName, Policy, Slot } from '@keyturn/core'

/** Who holds keys and is not in the fleet, and what people and the policy ask for besides. */
export interface OutsideSpec {
  /** Slots whose first key somebody signs with all the time, seen by Azure alone. */
  readonly strays?: readonly Slot[]
  /** Slots whose first key somebody begins to sign with at any moment. */
  readonly lateStrays?: readonly Slot[]
  /** The slot whose first key a thief signs with, who never stops of himself. */
  readonly thief?: Slot
  /** Whether Azure's evidence is asked for. */
  readonly evidence?: true
  readonly consumers?: NonNullable<Policy['consumers']>
  /** The slot whose first key each consumer signs with. */
  readonly consumersUse?: Slot
  /** Whether Azure sees them sign all the time; else so seldom that it tells nothing. */
  readonly consumersSign?: true
  readonly approval?: NonNullable<Policy['approval']>
  readonly windows?: true
  /** What an operator takes upon himself, once it stands in the way. */
  readonly waives?: readonly BlockerCode[]
  /** The slot that has leaked: the rotation begins as its emergency. */
  readonly leaked?: Slot
  /** Where a leak may be declared; anywhere, where it does not say. */
  readonly declaredIn?: readonly PhaseName[]
  /** Whether an emergency's deadlines pass; else an operator's patience has no end. */
  readonly deadlines?: true
  /** Whether Azure's evidence can never be read. */
  readonly unread?: true
  /** Whether nobody approves, moves a consumer or wakes a process, and no window opens. */
  readonly nobodySpeaks?: true
  /** Whether it is not the keys that are turned: key authentication is to end. */
  readonly retires?: true
  /** Whether they are turned besides: then that has to end first. */
  readonly turnsToo?: true
}
