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
const fleetHolds: readonly Check[] = [
  fleetIsKnown,
  fleetHasSettled,
  expectedMembersAreThere,
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

export const preflightGate: Gate = [...readyGate, azureAgrees]

/** What the fleet has to say before a key may go: the promise of the whole project. */
export const drainGate: Gate = [
  [
    ...fleetHolds,
    everyMemberIsDurable,
    slotIsFencedEverywhere,
    slotIsDrained,
    everySourceHasCaughtUp,
    remainingIsNotRefused,
  ],
]

export const intentGate: Gate = [...drainGate, azureAgrees]

export const probingGate: Gate = [[armWasJustRead, accountIsIdle, slotIsConsistentlyAccepted]]

/** During baking the former slot is the one to go: nobody misses it, and the new one holds. */
export const bakingGate: Gate = [[...fleetHolds, slotIsQuiet, remainingIsNotRefused]]

/** Both keys live in Azure, published, and held by all (invariant 5). */
export const completionGate: Gate = [
  ...heldGate,
  [armWasJustRead, armEqualsPublished, vaultWasJustRead],
]
