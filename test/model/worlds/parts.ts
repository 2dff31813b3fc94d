import { type FaultName, faultNames } from '../world/faults.ts'
import type { Spec } from '../world/spec.ts'

export const small: Omit<Spec, 'name' | 'about' | 'faults'> = {
  members: [1],
  clientsMax: 1,
  regions: 1,
  traffic: 'none',
  turns: 'whole',
  looks: 'every-turn',
  sidecars: 'whole',
  disk: 'at-once',
  time: 'fair',
  lagging: false,
  durable: true,
  faultsMax: 2,
  begins: 'preflight',
  ends: 'completed',
  statesMax: 700_000,
}

/** Those after which a world has many more states than before. */
export const heavy: readonly FaultName[] = [
  'twin',
  'member-joins',
  'machine-lost',
  'hand-in-portal',
  'hand-in-vault',
]

/** All others; an emergency makes another plan of any rotation, and has worlds of its own. */
export const without = (...names: readonly FaultName[]): readonly FaultName[] =>
  faultNames.filter(name => name !== 'emergency' && !names.includes(name))

export const network: readonly FaultName[] = [
  'report-lost',
  'report-repeated',
  'report-delayed',
  'announcement-lost',
  'announcement-repeated',
  'announcement-delayed',
]

export const arm: readonly FaultName[] = [
  'arm-read-lost',
  'arm-answer-lost',
  'arm-never-sent',
  'arm-late',
  'arm-refuses',
  'arm-fails',
]

/** Declared as a fault, by an operator. */
export const leak = ['emergency'] as const

/** An account of which everything is asked, and of which little goes wrong. */
export const calm: Omit<Spec, 'name' | 'about'> = { ...small, faults: [], faultsMax: 1 }
