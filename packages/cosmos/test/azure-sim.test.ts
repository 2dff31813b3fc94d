import { Agent } from 'node:https'
import { AzureSim } from '@keyturn/azure-sim'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { fingerprintOfKey, type Ring } from '@keyturn/keyring'
import t from 'tap'
import { undiciTransport } from '../src/transport/undici.ts'
import { ManualSource, openClient } from './support/client.ts'

const durationMs = 300
const spreadMs = 150

type Tap = { teardown(handler: () => unknown): void }

/** Two regions that change keys each at its own time, with a gap or an overlap. */
const start = async (t: Tap, seed: number) => {
  const sim = await AzureSim.start({
    seed,
    regeneration: { durationMs, spreadMs, gapMs: 100, overlapMs: 100 },
  })
  t.teardown(() => sim.stop())
  const keys = () => ({
    primary: sim.account.shown('primary').key.value,
    secondary: sim.account.shown('secondary').key.value,
  })
  return { sim, keys }
}

const regenerated = async (sim: AzureSim, slot: 'primary' | 'secondary'): Promise<void> => {
  const operation = sim.account.regenerate(slot)
  if (operation === undefined) throw new Error('another regeneration is running')
  const { promise, resolve } = Promise.withResolvers<void>()
  // Its own schedule: the simulated operation and its spread run in real time.
  setTimeout(resolve, durationMs + spreadMs + 20)
  await promise
}

/** What a coordinator would wait for: fenced, and nothing in flight any longer. */
const drained = (ring: Ring, fingerprint: string): Promise<void> => {
  const isDrained = (): boolean =>
    ring.sample().usage.every(each => each.fingerprint !== fingerprint || each.inFlight === 0)
  return new Promise(resolve => {
    const unfollow = ring.follow(() => check())
    const check = (): void => {
      if (!isDrained()) return
      unfollow()
      resolve()
    }
    check()
  })
}

t.test('both keys are turned under load over TLS, and no operation fails', async t => {
  const { sim, keys } = await start(t, 11)
  const source = new ManualSource()
  const transport = undiciTransport({ ca: sim.ca, connections: 16 })
  const { client, close, ring } = openClient(sim.endpoint, { source, transport })
  t.teardown(close)
  let held = keys()
  source.offer(held.primary, held.secondary)
  const { database } = await client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' })
  const operations = [
    (id: string) => container.items.upsert({ id, pk: 'p', text: 'x'.repeat(100) }),
    (id: string) => container.item(id, 'p').read(),
    () => container.items.query('SELECT * FROM c', { partitionKey: 'p' }).fetchNext(),
  ]
  let running = true
  let done = 0
  const failures: unknown[] = []
  const worker = async (name: number): Promise<void> => {
    for (let i = 0; running; i += 1) {
      const operation = operations[i % operations.length]
      await operation?.(`${name}`).catch(error => failures.push(error))
      done += 1
    }
  }
  const workers = Array.from({ length: 24 }, (_, name) => worker(name))

  const turn = async (slot: 'primary' | 'secondary', other: 'primary' | 'secondary') => {
    const fenced = { active: other, fenced: [slot] }
    source.offer(held.primary, held.secondary, fenced)
    await drained(ring, fingerprintOfKey(held[slot]))
    await regenerated(sim, slot)
    held = keys()
    source.offer(held.primary, held.secondary, { active: other })
  }
  /** Each worker's three operations, however long this machine takes for them. */
  const warm = async (): Promise<void> => {
    const until = done + 3 * workers.length
    while (done < until) await new Promise(setImmediate)
  }
  await warm()
  await turn('secondary', 'primary')
  await warm()
  await turn('primary', 'secondary')
  await warm()
  running = false
  await Promise.all(workers)

  t.same(failures, [])
  t.same(ring.sample().refused, [])
  const testimony = sim.witness.testimony()
  t.same(
    testimony.keys.filter(({ refused }) => refused > 0),
    [],
    'a rotation with fences refuses nobody',
  )
})

t.test('a key regenerated behind everybody’s back is survived in every region', async t => {
  const { sim, keys } = await start(t, 12)
  const held = keys()
  await using client = new ResilientCosmosClient({
    endpoint: sim.endpoint,
    keys: held,
    transport: { ca: sim.ca },
    connectionPolicy: { preferredLocations: sim.regions.map(({ name }) => name).reverse() },
  })
  const { database } = await client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/pk' })
  await container.items.upsert({ id: '1', pk: 'p' })
  await regenerated(sim, 'primary')
  for (let i = 0; i < 5; i += 1) {
    await container.items.upsert({ id: '1', pk: 'p' })
    t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  }
  const { keys: status } = client.keys.status()
  t.equal(status[0]?.refused.length, 2, 'it is known as refused by the region read and written')
  t.same(status[1]?.refused, [])
})

t.test('a caller’s own TLS agent carries the connections', async t => {
  const { sim, keys } = await start(t, 13)
  const agent = new Agent({ keepAlive: true, maxSockets: 3, ca: sim.ca })
  t.teardown(() => agent.destroy())
  await using client = new ResilientCosmosClient({ endpoint: sim.endpoint, keys: keys(), agent })
  await client.databases.create({ id: 'd' })
  await regenerated(sim, 'primary')
  await Promise.all(Array.from({ length: 50 }, () => client.database('d').read()))
  const { refused } = sim.witness.testimony().keys.find(({ kind, generation }) => {
    return kind === 'primary' && generation === 1
  }) ?? { refused: 0 }
  // One on each connection, of which one is kept for the account read that proves it.
  t.ok(refused > 0 && refused <= 3, `${refused} refused on 3 connections`)
})
