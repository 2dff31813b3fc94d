import { otherSlot, type Plan, type SettledWhy, type Slot } from '@keyturn/core'

/** Which keys a plan turns, seen from the slot that is active when it begins. */
export const turned = (plan: Plan, from: Slot): string => {
  switch (plan) {
    case 'full':
      return 'both keys'
    case 'standby':
      return `the ${otherSlot(from)} key`
    case 'active':
      return `the ${from} key`
  }
}

export const settlements: Readonly<Record<SettledWhy, string>> = {
  ended: 'ended: its key is new',
  failed: 'failed in Azure',
  refused: 'was refused by Azure: nothing was changed',
  expired: 'can take effect no more',
}

export interface Outsider {
  readonly member?: string | undefined
  readonly client?: string | undefined
  readonly consumer?: string | undefined
}

/** Whom a waiver names, if anybody. */
export const outsider = ({ member, client, consumer }: Outsider): string | null => {
  if (consumer !== undefined) return `consumer ${consumer}`
  if (member === undefined) return null
  return client === undefined ? `member ${member}` : `client ${client} of member ${member}`
}
