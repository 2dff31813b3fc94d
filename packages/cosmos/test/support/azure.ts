import type { CosmosClientOptions } from '@azure/cosmos'
import { AzureSim, type AzureSimOptions, type KeyKind, VirtualClock } from '@keyturn/azure-sim'
import { type Clock, systemClock } from '@keyturn/keyring'
import { undiciTransport } from '../../src/transport/undici.ts'
import { ManualSource, openClient } from './client.ts'

type Tap = { teardown(handler: () => unknown): void }

const quick = { durationMs: 60_000, spreadMs: 0, gapMs: 0, overlapMs: 0 }

/** An account in two regions on virtual time, and the SDK's client of it on the engine. */
export const openAzure = async (
  t: Tap,
  {
    sim: simOptions = {},
    cosmos = {},
  }: { sim?: AzureSimOptions; cosmos?: Partial<CosmosClientOptions> } = {},
) => {
  const time = new VirtualClock()
  const sim = await AzureSim.start({ seed: 5, clock: time, regeneration: quick, ...simOptions })
  t.teardown(() => sim.stop())
  // Waits take their time; dates are those of the account.
  const clock: Clock = { ...systemClock, wall: () => time.now() }
  const source = new ManualSource()
  const transport = undiciTransport({ ca: sim.ca })
  const opened = openClient(sim.endpoint, { source, transport, clock, cosmos })
  t.teardown(opened.close)
  const keyOf = (kind: KeyKind): string => sim.account.shown(kind).key.value
  /** Turns a key, to the end. */
  const regenerate = (kind: KeyKind): void => {
    if (sim.account.regenerate(kind) === undefined) throw new Error('another operation is running')
    time.advance(quick.durationMs + 1)
  }
  source.offer(keyOf('primary'), keyOf('secondary'))
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' })
  await container.items.upsert({ id: '1', pk: 'p' })
  return { ...opened, sim, time, source, keyOf, regenerate, database, container }
}

/** How often a key of this kind was refused and accepted so far, by its newest generation or all. */
export const usesOf = (sim: AzureSim, kind: KeyKind) => {
  const uses = sim.witness.testimony().keys.filter(each => each.kind === kind)
  const sum = (pick: (use: (typeof uses)[number]) => number): number =>
    uses.reduce((total, use) => total + pick(use), 0)
  return { accepted: sum(({ accepted }) => accepted), refused: sum(({ refused }) => refused) }
}
