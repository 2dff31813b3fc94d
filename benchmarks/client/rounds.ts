// The three variants in turn, round after round: whatever else the machine does meets all of them.

import { type Case, caseTitle, type Variant, variants } from './cases.ts'
import { Child } from './channel.ts'
import type { ClientAnswer, ClientOrder, Slice } from './client.ts'
import type { Ready, ServerCounts, ServerOrder } from './server.ts'
import { type Bounds, median, medianBounds, paired } from './statistics.ts'

export type Server = Child<Ready, ServerOrder, ServerCounts>
export type Client = Child<'ready', ClientOrder, ClientAnswer>
export type Clients = Readonly<Record<Variant, Client>>

export interface Plan {
  /** Fresh processes of all three: two of the same code differ by some percent, for their lives. */
  readonly batches: number
  readonly roundsPerBatch: number
  readonly sliceMs: number
  readonly warmUpMs: number
}

export type PerVariant = Readonly<Record<Variant, number>>

export interface CaseFigures extends Case {
  /** Medians over the rounds. */
  readonly opsPerSecond: PerVariant
  /** Of the client's process alone, per operation. */
  readonly cpuMicros: PerVariant
  /** Keyturn's against plain's of the same round. */
  readonly throughputRatio: Bounds
  readonly cpuRatio: Bounds
  /** How busy the server's process was, of one core: near 1 it is what was measured. */
  readonly serverLoad: number
}

export const startServer = (): Promise<Server> => Child.start('server.ts')

export const startClient = async (
  variant: Variant,
  server: Server,
  flags: readonly string[] = [],
): Promise<Client> => {
  const client: Client = await Child.start('client.ts', flags)
  await client.ask({ do: 'prepare', variant, server: server.ready })
  return client
}

export const startClients = async (server: Server): Promise<Clients> => {
  const [plain, tuned, keyturn] = await Promise.all(
    variants.map(variant => startClient(variant, server)),
  )
  if (!plain || !tuned || !keyturn) throw new Error('Three clients were expected.')
  return { plain, tuned, keyturn }
}

const rate = ({ operations, seconds }: Slice): number => operations / seconds
const cost = ({ operations, cpuMicros }: Slice): number => cpuMicros / operations

const perVariant = (of: (variant: Variant) => number): PerVariant => ({
  plain: of('plain'),
  tuned: of('tuned'),
  keyturn: of('keyturn'),
})

interface Measured {
  readonly slices: Readonly<Record<Variant, Slice[]>>
  /** The server's part in Keyturn's slices. */
  readonly server: { micros: number; seconds: number }
}

/** One batch of processes, warmed up, then measured in turn. */
const measureBatch = async (
  each: Case,
  { roundsPerBatch, sliceMs, warmUpMs }: Plan,
  server: Server,
  { slices, server: load }: Measured,
  progress: (text: string) => void,
): Promise<void> => {
  const clients = await startClients(server)
  const run = (variant: Variant, ms: number): Promise<Slice> =>
    clients[variant].ask<Slice>({ do: 'slice', case: each, ms })
  progress(`${caseTitle(each)}: warming up`)
  for (const variant of variants) await run(variant, warmUpMs)
  for (let round = 1; round <= roundsPerBatch; round++) {
    for (const variant of variants) {
      const before = await server.ask('counts')
      const slice = await run(variant, sliceMs)
      slices[variant].push(slice)
      if (variant !== 'keyturn') continue
      load.micros += (await server.ask('counts')).cpuMicros - before.cpuMicros
      load.seconds += slice.seconds
    }
    const last = perVariant(variant => Math.round(rate(slices[variant].at(-1) as Slice)))
    const { length } = slices.plain
    progress(`${caseTitle(each)}: round ${length}, operations per second ${JSON.stringify(last)}`)
  }
  for (const variant of variants) await clients[variant].stop()
}

/** @param progress is told of each round. */
export const measure = async (
  each: Case,
  plan: Plan,
  server: Server,
  progress: (text: string) => void,
): Promise<CaseFigures> => {
  const measured: Measured = {
    slices: { plain: [], tuned: [], keyturn: [] },
    server: { micros: 0, seconds: 0 },
  }
  for (let batch = 0; batch < plan.batches; batch++) {
    await measureBatch(each, plan, server, measured, progress)
  }
  const { slices } = measured
  const against = (of: (slice: Slice) => number): Bounds =>
    medianBounds(paired(slices.keyturn.map(of), slices.plain.map(of)))
  return {
    ...each,
    opsPerSecond: perVariant(variant => median(slices[variant].map(rate))),
    cpuMicros: perVariant(variant => median(slices[variant].map(cost))),
    throughputRatio: against(rate),
    cpuRatio: against(cost),
    serverLoad: measured.server.micros / 1e6 / measured.server.seconds,
  }
}
