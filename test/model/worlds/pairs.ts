import type { Spec } from '../world/spec.ts'
import { network, small } from './parts.ts'

const leak = ['emergency'] as const

/** Small worlds for faults that no other world lets meet. */
export const ofPairs: readonly Spec[] = [
  {
    ...small,
    name: 'containers-lag',
    about: 'a container is re-created while another region lags, and requests go to both',
    regions: 2,
    traffic: 'answers',
    faults: ['container-recreated', 'region-lag'],
    ends: 'switching',
  },
  {
    ...small,
    name: 'containers-stop',
    about: 'a container is re-created while a coordinator is stopped, and one more client comes',
    clientsMax: 2,
    traffic: 'answers',
    turns: 'stepwise',
    faults: ['container-recreated', 'coordinator-stopped', 'client-joins'],
    first: ['container-recreated'],
    ends: 'probing-standby',
  },
  {
    ...small,
    name: 'vault-regions',
    about: 'somebody writes to the vault by hand, a region lags, and one more client comes',
    regions: 2,
    clientsMax: 2,
    faults: ['hand-in-vault', 'region-lag', 'client-joins'],
    first: ['hand-in-vault'],
    ends: 'switching',
  },
  {
    ...small,
    name: 'leak-processes',
    about: 'a leaked key is declared, and something befalls sidecars and clients',
    clientsMax: 2,
    faults: [
      ...leak,
      'sidecar-crash',
      'sidecar-stopped',
      'disk-lost',
      'client-crash',
      'client-stopped',
      'client-joins',
      'client-leaves',
      'connection-lost',
      'member-leaves',
    ],
    first: leak,
    ends: 'probing-standby',
  },
  {
    ...small,
    name: 'leak-mail',
    about: 'a leaked key is declared, and mail and vault are lost, late or repeated',
    regions: 2,
    lagging: true,
    faults: [
      ...leak,
      ...network,
      'region-lag',
      'vault-read-lost',
      'vault-read-delayed',
      'vault-write-lost',
      'vault-write-late',
    ],
    first: leak,
    ends: 'probing-standby',
  },
]
