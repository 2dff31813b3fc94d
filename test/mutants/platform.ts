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
  {
    name: 'what one of a pod says is not held against the death of another',
    rule: 'P13',
    file: platform,
    find: ': !heard.has(uid)',
    replace: ': !speaks(member)',
    worlds: ['scenes'],
  },
  {
    name: 'whoever comes later to a machine declared dead has not spoken',
    rule: 'P13',
    file: platform,
    find: 'known.has(death.uid) || member.reportedAt > death.seenAt',
    replace: 'false',
    worlds: ['scenes'],
  },
  {
    name: 'a silence counts in which there was no coordinator',
    rule: 'P13',
    file: platform,
    find: 'Math.max(reportedAt, reachableSince) < now - silentMs',
    replace: 'reportedAt < now - silentMs',
    worlds: ['scenes'],
  },
  {
    name: 'whoever is said to run as well is dead',
    rule: 'P13',
    file: platform,
    find: 'for (const { uid } of expected) deaths.delete(uid)',
    replace: '',
    worlds: ['scenes'],
  },
  {
    name: 'what was said long ago of a machine still holds',
    rule: 'P13',
    file: 'rotation/bury.ts',
    find: 'platformNow(world) ? dead',
    replace: 'platformNow(world) || true ? dead',
    worlds: ['scenes'],
  },
  {
    name: 'whoever has left and runs again is there',
    rule: 'P9',
    file: checks,
    find: '.filter(instance => !isThere(instance))',
    replace: '.filter(instance => !hasBeen(instance) && !isThere(instance))',
    worlds: ['scenes'],
  },
]
