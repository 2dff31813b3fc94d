import { blind, type Mutant } from './mutant.ts'

const fleet = 'rotation/checks-fleet.ts'
const azure = 'rotation/checks-azure.ts'

/** Every check of every gate. */
export const checkMutants: readonly Mutant[] = [
  blind('fleetIsKnown', fleet, undefined, 'unknown-fleet'),
  blind('fleetHasSettled', fleet, 'P9', 'joins', 'expected', 'unknown-fleet'),
  blind('expectedMembersAreThere', fleet, undefined, 'expected'),
  blind('everyReportIsFresh', fleet, undefined, 'joins', 'members'),
  blind('noTwins', fleet, 'P10', 'turn'),
  blind('everyoneAcknowledged', fleet, undefined, 'former', 'turn'),
  blind('slotIsFencedEverywhere', fleet, 'P15', 'turn', 'vault-edited'),
  blind('slotIsDrained', fleet, 'P14', 'sidecar'),
  blind('noClientIsLost', fleet, 'P12', 'clients', 'turn', 'sidecar'),
  blind('everySourceHasCaughtUp', fleet, 'P9a', 'joins', 'expected', 'unknown-fleet'),
  blind('everyMemberIsDurable', fleet, 'P11', 'not-durable'),
  blind('remainingIsNotRefused', fleet, 'P3', 'regions', 'containers'),
  blind('slotIsQuiet', fleet, undefined, 'sidecar', 'regions'),
  blind('armWasJustRead', azure, 'P2', 'leaders', 'turn'),
  blind('accountIsIdle', azure, undefined, 'leaders', 'turn'),
  blind('armEqualsPublished', azure, 'P2', 'turn', 'leaders'),
  blind('vaultWasJustRead', azure, 'P2', 'leaders', 'turn'),
  blind('publicationIsConfirmed', azure, 'P7', 'turn', 'late-calls'),
  blind('remainingIsProbedNow', azure, 'P2', 'turn', 'leaders'),
  blind('slotIsConsistentlyAccepted', azure, 'P6', 'turn', 'regions'),
]
