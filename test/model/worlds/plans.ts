import { faultNames } from '../world/faults.ts'
import type { Spec } from '../world/spec.ts'
import { arm, small } from './parts.ts'

const others = faultNames.filter(name => name !== 'emergency')
const leaked = ['emergency'] as const

/** Emergencies, waivers, strays, consumers, approvals, windows, and the end of all keys. */
export const ofPlans: readonly Spec[] = [
  {
    ...small,
    name: 'leak-at-start',
    about: 'the active key has leaked, its thief signs for ever: any one fault',
    outside: { leaked: 'primary', thief: 'primary', evidence: true },
    regions: 2,
    lagging: true,
    faults: others.filter(name => name !== 'hand-in-vault' && name !== 'container-recreated'),
    faultsMax: 1,
  },
  {
    ...small,
    name: 'leak-of-standby',
    about: 'the standby key has leaked: any one fault',
    outside: { leaked: 'secondary', thief: 'secondary', evidence: true },
    lagging: true,
    faults: others.filter(name => name !== 'hand-in-vault' && name !== 'container-recreated'),
    faultsMax: 1,
  },
  {
    ...small,
    name: 'leak-declared',
    about: 'a leaked key is declared at any moment of a turn, and calls to ARM go astray',
    faults: [...leaked, ...arm, 'aborted', 'paused', 'hand-in-portal'],
    first: leaked,
    faultsMax: 2,
  },
]
