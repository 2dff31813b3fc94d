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
  /** Of each case in each batch. */
  readonly roundsPerBatch: number
  readonly sliceMs: number
  /** How long all three work at once before anything is measured. */
  readonly warmUpMs: number
  /** The same before each case but the first. */
  readonly caseWarmUpMs: number
}

export type PerVariant = Readonly<Record<Variant, number>>

export interface CaseFigures extends Case {
  readonly rounds: number
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

/** A case's slices so far. */
interface Measured {
  readonly slices: Readonly<Record<Variant, Slice[]>>
  /** The server's part in Keyturn's slices. */
  readonly server: { micros: number; seconds: number }
}

const nothingMeasured = (): Measured => ({
  slices: { plain: [], tuned: [], keyturn: [] },
  server: { micros: 0, seconds: 0 },
})

const runSlice = (client: Client, each: Case, ms: number): Promise<Slice> =>
  client.ask<Slice>({ do: 'slice', case: each, ms })

/** All at once: machine code is made by work that was done, however long it took. */
const warmUp = async (clients: Clients, each: Case, ms: number): Promise<void> => {
  await Promise.all(variants.map(variant => runSlice(clients[variant], each, ms)))
}

/** One round: each variant's slice, and for Keyturn's the server's part in it. */
const measureRound = async (
  clients: Clients,
  each: Case,
  sliceMs: number,
  server: Server,
  { slices, server: load }: Measured,
): Promise<void> => {
  for (const variant of variants) {
    const before = await server.ask('counts')
    const slice = await runSlice(clients[variant], each, sliceMs)
    slices[variant].push(slice)
    if (variant !== 'keyturn') continue
    load.micros += (await server.ask('counts')).cpuMicros - before.cpuMicros
    load.seconds += slice.seconds
  }
}

const figuresOf = (each: Case, { slices, server }: Measured): CaseFigures => {
  const against = (of: (slice: Slice) => number): Bounds =>
    medianBounds(paired(slices.keyturn.map(of), slices.plain.map(of)))
  return {
    ...each,
    rounds: slices.plain.length,
    opsPerSecond: perVariant(variant => median(slices[variant].map(rate))),
    cpuMicros: perVariant(variant => median(slices[variant].map(cost))),
    throughputRatio: against(rate),
    cpuRatio: against(cost),
    serverLoad: server.micros / 1e6 / server.seconds,
  }
}

/**
 * Each case in each batch of processes.
 * @param progress is told of each case.
 */
export const measure = async (
  cases: readonly Case[],
  plan: Plan,
  server: Server,
  progress: (text: string) => void,
): Promise<readonly CaseFigures[]> => {
  const measured = cases.map(each => ({ each, so: nothingMeasured() }))
  for (let batch = 1; batch <= plan.batches; batch++) {
    const clients = await startClients(server)
    for (const [nth, { each, so }] of measured.entries()) {
      await warmUp(clients, each, nth === 0 ? plan.warmUpMs : plan.caseWarmUpMs)
      for (let round = 0; round < plan.roundsPerBatch; round++) {
        await measureRound(clients, each, plan.sliceMs, server, so)
      }
      const last = perVariant(variant => Math.round(rate(so.slices[variant].at(-1) as Slice)))
      const which = `batch ${batch} of ${plan.batches}, case ${nth + 1} of ${cases.length}`
      progress(`${which}: ${caseTitle(each)}, operations per second ${JSON.stringify(last)}`)
    }
    for (const variant of variants) await clients[variant].stop()
  }
  return measured.map(({ each, so }) => figuresOf(each, so))
}
