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
  readonly rounds: number
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

/** @param progress is told of each round. */
export const measure = async (
  each: Case,
  { rounds, sliceMs, warmUpMs }: Plan,
  { server, clients }: { readonly server: Server; readonly clients: Clients },
  progress: (text: string) => void,
): Promise<CaseFigures> => {
  const slices: Record<Variant, Slice[]> = { plain: [], tuned: [], keyturn: [] }
  const run = (variant: Variant, ms: number): Promise<Slice> =>
    clients[variant].ask<Slice>({ do: 'slice', case: each, ms })
  for (const variant of variants) {
    progress(`${caseTitle(each)}: warming up ${variant}`)
    await run(variant, warmUpMs)
  }
  let serverMicros = 0
  let keyturnSeconds = 0
  for (let round = 1; round <= rounds; round++) {
    for (const variant of variants) {
      const before = variant === 'keyturn' ? await server.ask('counts') : null
      const slice = await run(variant, sliceMs)
      slices[variant].push(slice)
      if (before === null) continue
      serverMicros += (await server.ask('counts')).cpuMicros - before.cpuMicros
      keyturnSeconds += slice.seconds
    }
    const last = perVariant(variant => Math.round(rate(slices[variant].at(-1) as Slice)))
    progress(`${caseTitle(each)}: round ${round} of ${rounds}, ops/s ${JSON.stringify(last)}`)
  }
  const against = (of: (slice: Slice) => number): Bounds =>
    medianBounds(paired(slices.keyturn.map(of), slices.plain.map(of)))
  return {
    ...each,
    opsPerSecond: perVariant(variant => median(slices[variant].map(rate))),
    cpuMicros: perVariant(variant => median(slices[variant].map(cost))),
    throughputRatio: against(rate),
    cpuRatio: against(cost),
    serverLoad: serverMicros / 1e6 / keyturnSeconds,
  }
}
