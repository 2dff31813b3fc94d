import { blind, type Mutant } from './mutant.ts'

const checks = 'rotation/checks-platform.ts'
const platform = 'fleet/platform.ts'
const speaks = '!isSilent(one) || one.declaredDead?.spokeSince !== false'

/** Who is expected, and whose death is believed. */
export const platformMutants: readonly Mutant[] = [
  blind('platformIsHeard', checks, 'P13', ['lies']),
  blind('expectedInstancesAreThere', checks, 'P9', ['lies']),
  {
    name: 'whoever has the name of a dead pod is dead',
    rule: 'P13',
    file: platform,
    find: 'const death = deaths.get(uid)',
    replace: 'const death = [...deaths.values()].find(({ name }) => name === member.name)',
    worlds: ['lies'],
  },
  {
    name: 'a machine’s end is believed at once',
    rule: 'P13',
    file: platform,
    find: speaks,
    replace: 'one.declaredDead?.spokeSince !== false',
    worlds: ['lies'],
  },
  {
    name: 'a machine’s end is believed of whoever has spoken since',
    rule: 'P13',
    file: platform,
    find: speaks,
    replace: '!isSilent(one) || one.declaredDead === undefined',
    worlds: ['lies'],
  },
  {
    name: 'what a member says after its machine was declared dead is forgotten',
    rule: 'P13',
    file: 'fleet/receive.ts',
    find: '{ declaredDead: { spokeSince: true } }',
    replace: '{ declaredDead: { spokeSince: false } }',
    worlds: ['lies'],
  },
]
