import { faultNames } from '../world/faults.ts'
import type { Spec } from '../world/spec.ts'
import { small, without } from './parts.ts'

const leak = ['emergency'] as const

/** An account of which everything is asked, and of which little goes wrong. */
const calm: Omit<Spec, 'name' | 'about'> = { ...small, faults: [], faultsMax: 1 }

const ofLeaks: readonly Spec[] = [
  {
    ...small,
    name: 'leak-of-active',
    about: 'the key in use has leaked before anything was begun: any one fault',
    outside: { leaked: 'primary' },
    regions: 2,
    lagging: true,
    faults: without('hand-in-vault', 'container-recreated'),
    faultsMax: 1,
  },
  {
    ...small,
    name: 'leak-of-standby',
    about: 'the standby has leaked before anything was begun: any one fault',
    outside: { leaked: 'secondary' },
    regions: 2,
    lagging: true,
    faults: without('hand-in-vault', 'container-recreated'),
    faultsMax: 1,
  },
  {
    ...small,
    name: 'leak-declared',
    about: 'a leak of either key is declared at any moment, and a call to ARM goes astray',
    faults: [...leak, 'arm-late', 'arm-answer-lost', 'arm-fails', 'aborted', 'hand-in-portal'],
  },
  {
    ...small,
    name: 'leak-pairs',
    about: 'a leak is declared while the standby is fenced, and any other fault',
    outside: { declaredIn: ['fencing-standby'] },
    regions: 2,
    lagging: true,
    clientsMax: 2,
    faults: faultNames.filter(name => name !== 'hand-in-vault' && name !== 'container-recreated'),
    first: leak,
  },
  {
    ...small,
    name: 'leak-lags',
    about: 'a leak is declared while a region has yet to notice the new key',
    outside: { declaredIn: ['probing-standby', 'publishing-standby'] },
    regions: 2,
    faults: [...leak, 'region-lag', 'hand-in-portal'],
    first: ['region-lag', 'hand-in-portal'],
  },
  {
    ...small,
    name: 'leak-in-vault',
    about: 'a leak is declared, and somebody writes to the vault by hand',
    outside: { declaredIn: ['fencing-standby', 'switching'] },
    faults: [...leak, 'hand-in-vault'],
    first: leak,
  },
  {
    ...small,
    name: 'leak-requests',
    about: 'a leak is declared under requests that are answered one by one',
    outside: { declaredIn: ['fencing-standby'] },
    traffic: 'answers',
    faults: [...leak, 'container-recreated', 'client-stopped'],
    first: leak,
  },
  {
    ...small,
    name: 'leak-leaders',
    about: 'a leak is declared while two leaders are in the middle of any step',
    turns: 'stepwise',
    faults: [...leak, 'second-leader', 'coordinator-stopped', 'arm-late'],
  },
  {
    ...calm,
    name: 'thief',
    about: 'a thief signs with the leaked key for ever, and Azure sees him',
    outside: { leaked: 'primary', thief: 'primary', evidence: true },
    faults: ['arm-read-lost', 'coordinator-crash', 'arm-refuses'],
  },
  {
    ...calm,
    name: 'thief-asked',
    about: 'a thief signs with the leaked key, where a word and a window are asked for as well',
    outside: {
      leaked: 'secondary',
      thief: 'secondary',
      evidence: true,
      approval: { before: ['regenerating-standby'], by: ['boss'] },
      windows: true,
    },
    faults: ['arm-read-lost'],
  },
  {
    ...calm,
    name: 'deadlines',
    about: 'a key has leaked, somebody does not answer, and the deadline passes',
    outside: { leaked: 'primary', deadlines: true },
    faults: ['client-stopped', 'report-lost', 'sidecar-stopped', 'coordinator-crash'],
  },
  {
    ...calm,
    name: 'deadlines-nobody',
    about: 'a key has leaked, the deadline passes, and whoever starts is not heard',
    outside: { leaked: 'secondary', deadlines: true },
    members: [],
    faults: ['member-joins', 'report-lost'],
    faultsMax: 2,
    ends: 'probing-standby',
  },
]

const ofWords: readonly Spec[] = [
  {
    ...calm,
    name: 'waived-behind',
    about: 'an operator waives a member that is behind, key by key, and its client is stopped',
    outside: { waives: ['KEYSET_BEHIND', 'NOT_FENCED'] },
    faults: ['client-stopped', 'hand-in-portal'],
    faultsMax: 2,
  },
  {
    ...calm,
    name: 'waived-again',
    about: 'a leak is declared of a slot for which somebody has been waived before',
    outside: { waives: ['KEYSET_BEHIND', 'NOT_FENCED'], declaredIn: ['baking'] },
    faults: ['client-stopped', ...leak],
    first: ['client-stopped'],
    faultsMax: 2,
  },
  {
    ...calm,
    name: 'waived-lost',
    about: 'an operator waives one client that is lost, not the other one',
    outside: { waives: ['CLIENT_LOST', 'IN_FLIGHT'] },
    members: [2],
    clientsMax: 2,
    faults: ['connection-lost', 'client-stopped', 'sidecar-crash'],
    faultsMax: 2,
    ends: 'probing-standby',
  },
  {
    ...calm,
    name: 'waived-one',
    about: 'an operator waives that one of two members is behind',
    outside: { waives: ['KEYSET_BEHIND', 'NOT_FENCED'] },
    members: [1, 1],
    faults: ['client-stopped', 'sidecar-stopped'],
    ends: 'probing-standby',
  },
  {
    ...calm,
    name: 'strays',
    about: 'somebody outside the fleet signs with each key until he stops, and Azure sees him',
    outside: { strays: ['primary', 'secondary'], evidence: true },
    faults: ['arm-read-lost', 'coordinator-crash', 'aborted'],
  },
  {
    ...calm,
    name: 'evidence',
    about: 'Azure is asked about a key that only the fleet and its coordinator use',
    outside: { evidence: true },
    faults: ['arm-never-sent', 'arm-fails', 'aborted'],
  },
  {
    ...calm,
    name: 'strays-waived',
    about: 'an operator waives what Azure says of a stray, key by key',
    outside: {
      strays: ['primary', 'secondary'],
      evidence: true,
      waives: ['RECENTLY_USED', 'AZURE_REFUSED'],
    },
  },
  {
    ...calm,
    name: 'window-waived',
    about: 'an operator waives the window, and nothing else: a stray is still seen',
    outside: {
      strays: ['secondary'],
      evidence: true,
      windows: true,
      waives: ['OUTSIDE_WINDOW'],
    },
    ends: 'probing-standby',
  },
  {
    ...calm,
    name: 'consumers',
    about: 'a declared consumer moves by hand, and a leak is declared at any moment',
    outside: { consumers: [{ name: 'job', by: 'operator' }] },
    faults: [...leak, 'aborted'],
  },
  {
    ...calm,
    name: 'hooks',
    about: 'a hook moves a declared consumer, and a leak is declared at any moment',
    outside: { consumers: [{ name: 'function', by: 'hook' }] },
    faults: [...leak, 'coordinator-crash', 'aborted'],
  },
  {
    ...calm,
    name: 'approvals',
    about: 'somebody has to approve each regeneration, within a window that opens and closes',
    outside: {
      approval: { before: ['regenerating-standby', 'regenerating-former'], by: ['boss', 'ops'] },
      windows: true,
    },
    faults: ['arm-refuses', 'aborted', 'coordinator-crash'],
  },
]

const ofTheEnd: readonly Spec[] = [
  {
    ...calm,
    name: 'retires',
    about: 'members, a stray and a consumer use keys until they stop; then none is to work',
    outside: {
      retires: true,
      evidence: true,
      strays: ['primary'],
      consumers: [{ name: 'job', by: 'operator' }],
    },
    members: [2],
    clientsMax: 2,
    faults: [
      'client-stopped',
      'connection-lost',
      'sidecar-crash',
      'coordinator-crash',
      'arm-read-lost',
    ],
  },
]

/** Emergencies, waivers, strays, consumers, approvals, windows, and the end of all keys. */
export const ofPlans: readonly Spec[] = [...ofLeaks, ...ofWords, ...ofTheEnd]
