import type { Check, Gate } from './check.ts'
import {
  accountIsIdle,
  armEqualsPublished,
  armWasJustRead,
  publicationIsConfirmed,
  remainingIsProbedNow,
  slotIsConsistentlyAccepted,
  vaultWasJustRead,
} from './checks-azure.ts'
import { evidenceAgrees, evidenceCanBeRead } from './checks-evidence.ts'
import {
  enoughMembersAreThere,
  everyMemberIsDurable,
  everyoneAcknowledged,
  everyReportIsFresh,
  everySourceHasCaughtUp,
  expectedMembersAreThere,
  fleetHasSettled,
  fleetIsKnown,
  noClientIsLost,
  noTwins,
  remainingIsNotRefused,
  slotIsDrained,
  slotIsFencedEverywhere,
  slotIsQuiet,
} from './checks-fleet.ts'
import { expectedInstancesAreThere, platformIsHeard } from './checks-platform.ts'
import { approvalIsGiven, everyConsumerHasMoved, windowIsOpen } from './checks-policy.ts'
import type { Rotation } from './record.ts'

/** Everybody is there, speaks, holds what was published, and it is time. */
const fleetHolds: readonly Check[] = [
  approvalIsGiven,
  windowIsOpen,
  fleetIsKnown,
  fleetHasSettled,
  expectedMembersAreThere,
  enoughMembersAreThere,
  platformIsHeard,
  expectedInstancesAreThere,
  everyReportIsFresh,
  noTwins,
  noClientIsLost,
  publicationIsConfirmed,
  everyoneAcknowledged,
]

/** What Azure has to say before a key may go, read in the same turn. */
const azureAgrees: readonly Check[] = [
  armWasJustRead,
  accountIsIdle,
  armEqualsPublished,
  vaultWasJustRead,
  remainingIsProbedNow,
]

export const heldGate: Gate = [fleetHolds]

/** Before anything is touched: everyone holds both keys, and nobody uses the standby. */
export const readyGate: Gate = [
  [...fleetHolds, everyMemberIsDurable, slotIsQuiet, remainingIsNotRefused],
]

/** … where the key in use is the one to go: its users are moved first, so none is asked to rest. */
export const steadyGate: Gate = [[...fleetHolds, everyMemberIsDurable, remainingIsNotRefused]]

/** What the fleet has to say before a key may go: the promise of the whole project. */
export const drainedGate: Gate = [
  [
    ...fleetHolds,
    everyMemberIsDurable,
    slotIsFencedEverywhere,
    slotIsDrained,
    everySourceHasCaughtUp,
    remainingIsNotRefused,
    everyConsumerHasMoved,
  ],
]

/** … and what Azure has seen of those who are not in it. */
export const drainGate: Gate = [...drainedGate, [evidenceAgrees]]

export const beforeAnythingGate = (rotation: Rotation): Gate => [
  ...readinessGate(rotation),
  [...azureAgrees, evidenceCanBeRead],
]

/** Who uses a leaked key is not asked to rest first: the fence stops them. */
export const readinessGate = ({ plan, emergency }: Rotation): Gate =>
  plan === 'active' || emergency ? steadyGate : readyGate

export const intentGate: Gate = [...drainGate, azureAgrees]

export const probingGate: Gate = [[armWasJustRead, accountIsIdle, slotIsConsistentlyAccepted]]

/** During baking the former slot is the one to go: nobody misses it, and the new one holds. */
export const bakingGate: Gate = [[...fleetHolds, slotIsQuiet, remainingIsNotRefused]]

export const bakedGate = ({ emergency }: Rotation): Gate => (emergency ? steadyGate : bakingGate)

/** Both keys live in Azure, published, and held by all (invariant 5). */
export const completionGate: Gate = [
  ...heldGate,
  [armWasJustRead, armEqualsPublished, vaultWasJustRead],
]
