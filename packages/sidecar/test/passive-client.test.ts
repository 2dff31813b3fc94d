import { memberAtStart } from '@keyturn/core'
import { keysetFromDocument, systemClock } from '@keyturn/keyring'
import t, { type Test } from 'tap'
import { Tally } from '../src/metrics/tally.ts'
import { PassiveClient } from '../src/render/passive-client.ts'
import type { Started } from '../src/render/process-start.ts'
import type { RenderedFile } from '../src/render/rendered-file.ts'
import type { RenderWorld } from '../src/render/world.ts'
import { MemberStore } from '../src/store.ts'
import { LogLines } from './helpers/log-lines.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

/** A machine whose processes start when the test says so; every look at them is counted. */
class SpokenWorld implements RenderWorld {
  started: Started | null = null
  now: number | null = 1_000
  #looks = 0
  #waiters = new Set<() => void>()

  async replaceFile(): Promise<void> {}
  /** Whether its reload command starts the consumer anew, at once. */
  reloadStarts = false

  async run(): Promise<void> {
    if (this.reloadStarts) this.started = { pid: 9, at: this.now ?? 0 }
  }

  signal(): void {}

  async ticksNow(): Promise<number | null> {
    return this.now
  }

  async startedBy(): Promise<Started | null> {
    this.#looks += 1
    for (const wake of this.#waiters) wake()
    return this.started
  }

  async looks(more: number): Promise<void> {
    const enough = this.#looks + more
    while (this.#looks < enough) {
      await new Promise<void>(resolve => this.#waiters.add(resolve))
    }
  }
}

const startPassive = (t: Test, change: Partial<RenderedFile> = {}, world = new SpokenWorld()) => {
  const store = new MemberStore(memberAtStart(null, 'i-1', false))
  const held = keysetFromDocument(fencedKeyset(1))
  const lines = new LogLines()
  const client = new PassiveClient(
    {
      consumer: 'billing',
      path: '/x/cosmos',
      format: 'env',
      onChange: { command: ['reload'] },
      pidFile: '/x/pid',
      ...change,
    },
    {
      store,
      held: () => held,
      world,
      clock: {
        ...systemClock,
        sleep: async ms => {
          await new Promise(setImmediate)
          if (world.now !== null) world.now += Math.floor(ms / 10)
        },
      },
      chance: () => 0.5,
      log: lines.log,
      tally: new Tally(),
    },
  )
  client.start()
  t.teardown(() => client.stop())
  const { version, active, fenced, account, pair, keys } = held
  const fingerprints = {
    primary: keys.primary.fingerprint,
    secondary: keys.secondary.fingerprint,
  }
  const subject = { account, pair }
  store.apply({ is: 'swapped', held: { version, active, fenced, fingerprints }, subject })
  store.apply({ is: 'join-wait-over' })
  const loaded = () => store.state.clients[0]?.sample?.held?.version ?? null
  return { client, world, lines, loaded }
}

t.test('only a process that began after the file was in place has loaded it', async t => {
  const { world, lines, loaded } = startPassive(t)
  await lines.until('reloaded')
  for (const started of [null, { pid: 7, at: 12 }, { pid: 7, at: 1_000 }]) {
    world.started = started
    await world.looks(3)
    t.equal(loaded(), null, JSON.stringify(started))
  }
  world.started = { pid: 8, at: 1_001 }
  await lines.until('rendered-acknowledged')
  t.equal(loaded(), 1)
})

t.test('a consumer that the reload starts within a blink has loaded it', async t => {
  const world = new SpokenWorld()
  world.reloadStarts = true
  const { lines, loaded } = startPassive(t, {}, world)
  await lines.until('rendered-acknowledged')
  t.equal(loaded(), 1)
})

t.test('where the machine does not say when a process began, none is proof', async t => {
  const world = new SpokenWorld()
  world.now = null
  world.started = { pid: 8, at: 9_999 }
  const { client, lines, loaded } = startPassive(t, {}, world)
  await lines.until('reloaded')
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
  t.equal(loaded(), null)
  t.ok(client.acknowledge(1), 'its own word counts')
  t.equal(loaded(), 1)
})
