// The client's process: one variant, told by its parent what to do for how long.

import { setDefaultCACertificates } from 'node:tls'
import { type Case, concurrently, operationOf, type TransportName, type Variant } from './cases.ts'
import { serve } from './channel.ts'
import { containerOf, makeClient } from './clients.ts'
import { type DeathFigures, DeathTrial } from './key-death.ts'
import { type MemoryFigures, memoryPerClient } from './memory.ts'
import type { Ready } from './server.ts'

/** What one slice of time came to. */
export interface Slice {
  readonly operations: number
  readonly seconds: number
  readonly cpuMicros: number
}

export type ClientOrder =
  | { readonly do: 'prepare'; readonly variant: Variant; readonly server: Ready }
  | { readonly do: 'slice'; readonly case: Case; readonly ms: number }
  | { readonly do: 'memory' }
  | { readonly do: 'load' }
  | { readonly do: 'survive' }

export type ClientAnswer = Slice | MemoryFigures | DeathFigures | 'prepared' | 'loaded'

let variant: Variant = 'plain'
let server: Ready | null = null
let trial: DeathTrial | null = null
const clients = new Map<TransportName, ReturnType<typeof makeClient>>()

const known = (): Ready => {
  if (server === null) throw new Error('The client was not prepared.')
  return server
}

const clientOf = (transport: TransportName) => {
  const client = clients.get(transport) ?? makeClient(variant, known(), transport)
  clients.set(transport, client)
  return client
}

const slice = async ({ name, transport, concurrency }: Case, ms: number): Promise<Slice> => {
  const operation = operationOf(name, containerOf(clientOf(transport)))
  const before = process.cpuUsage()
  const from = performance.now()
  const until = (): boolean => performance.now() - from >= ms
  const operations = await concurrently(concurrency, until, operation)
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(before)
  return { operations, seconds, cpuMicros: user + system }
}

const follow = async (order: ClientOrder): Promise<ClientAnswer> => {
  switch (order.do) {
    case 'prepare':
      variant = order.variant
      server = order.server
      setDefaultCACertificates([order.server.ca])
      return 'prepared'
    case 'slice':
      return slice(order.case, order.ms)
    case 'memory':
      return memoryPerClient(() => makeClient(variant, known(), 'tls'))
    case 'load':
      trial = new DeathTrial(known())
      await trial.begin()
      return 'loaded'
    case 'survive':
      if (trial === null) throw new Error('Nothing is loaded that a key could die under.')
      return trial.end()
  }
}

serve<ClientOrder, ClientAnswer>('ready', follow)
