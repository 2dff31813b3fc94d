import type { Check } from './check.ts'
import {
  accountIsIdle,
  armEqualsPublished,
  armWasJustRead,
  publicationIsConfirmed,
  remainingIsProbedNow,
  slotIsConsistentlyAccepted,
  vaultWasJustRead,
} from './checks-azure.ts'
import {
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

/** Everybody is there, speaks, and holds what was published. */
export const heldGate: readonly Check[] = [
  fleetIsKnown,
  fleetHasSettled,
  expectedMembersAreThere,
  everyReportIsFresh,
  noTwins,
  noClientIsLost,
  publicationIsConfirmed,
  everyoneAcknowledged,
]

/** What the fleet has to say before a key may go: the promise of the whole project. */
export const drainGate: readonly Check[] = [
  ...heldGate,
  everyMemberIsDurable,
  slotIsFencedEverywhere,
  slotIsDrained,
  everySourceHasCaughtUp,
  remainingIsNotRefused,
]

/** What Azure has to say before a key may go, read in the same turn. */
export const azureGate: readonly Check[] = [
  armWasJustRead,
  accountIsIdle,
  armEqualsPublished,
  vaultWasJustRead,
  remainingIsProbedNow,
]

export const intentGate: readonly Check[] = [...drainGate, ...azureGate]

/** Before anything is touched. */
export const preflightGate: readonly Check[] = [
  ...heldGate,
  everyMemberIsDurable,
  slotIsQuiet,
  ...azureGate,
  remainingIsNotRefused,
]

export const probingGate: readonly Check[] = [
  armWasJustRead,
  accountIsIdle,
  slotIsConsistentlyAccepted,
]

/** During baking the former slot is the one to go: nobody misses it, and the new one holds. */
export const bakingGate: readonly Check[] = [...heldGate, slotIsQuiet, remainingIsNotRefused]

/** Both keys live in Azure, published, and held by all (invariant 5). */
export const completionGate: readonly Check[] = [...heldGate, armWasJustRead, armEqualsPublished]
