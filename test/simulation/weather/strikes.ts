import { azure } from './at-azure.ts'
import { clients, coordinators, fleet, sidecars } from './at-processes.ts'
import { humans, verbs } from './by-hand.ts'
import type { Strikes } from './scene.ts'

/** Every kind of strike, by what it befalls: a seed's mix draws whole groups in and out. */
export const strikes: Readonly<Record<string, Strikes>> = {
  coordinators,
  sidecars,
  clients,
  fleet,
  azure,
  humans,
  verbs,
}
