import type { Spec } from '../world/spec.ts'
import { arm, small, without } from './parts.ts'

/** Small enough for every run of the tests, and each about something else. */
export const smokeWorlds: readonly Spec[] = [
  {
    ...small,
    name: 'smoke-turn',
    about: 'one member, one client: any one fault until the standby is regenerated',
    regions: 2,
    lagging: true,
    faults: without('hand-in-vault', 'twin'),
    faultsMax: 1,
    ends: 'probing-standby',
  },
  {
    ...small,
    name: 'smoke-former',
    about: 'one member, one client: the former key, with calls to ARM that go astray',
    faults: [...arm, 'coordinator-crash', 'sidecar-crash'],
    faultsMax: 1,
    begins: 'baking',
  },
  {
    ...small,
    name: 'smoke-vault',
    about: 'one member, one client: somebody writes to the vault by hand',
    faults: ['hand-in-vault'],
    faultsMax: 1,
    ends: 'probing-standby',
  },
  {
    ...small,
    name: 'smoke-pairs',
    about: 'one member, one client and one more: two faults of processes and mail',
    clientsMax: 2,
    faults: [
      'sidecar-crash',
      'disk-lost',
      'connection-lost',
      'client-stopped',
      'client-joins',
      'report-delayed',
      'announcement-lost',
    ],
    ends: 'probing-standby',
  },
]
