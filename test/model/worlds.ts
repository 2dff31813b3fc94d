import type { Spec } from './world/spec.ts'

const small: Omit<Spec, 'name' | 'about' | 'faults'> = {
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
  faultsMax: 0,
  begins: 'preflight',
  statesMax: 3_000_000,
}

/** Every small world that is explored. */
export const worlds: readonly Spec[] = [
  {
    ...small,
    name: 'calm',
    about: 'one member, one client, no fault: a whole turn',
    faults: [],
  },
]
