import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ring } from '@keyturn/keyring'
import t from 'tap'
import { embeddedKeys } from '../src/embedded/keys.ts'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

const request = { text: 'x', endpoint: 'https://x', tried: [], refreshed: true }

t.test('a client in the same process is one like any other: counted, fenced, and gone', async t => {
  const { sidecar, source, coordinator } = await startBeside(t, { socket: null })
  t.equal(sidecar.socket, null)
  const ring = new Ring({ source: sidecar.keys({ name: 'orders-api', usageMs: 200 }) }).start()
  t.equal((await ring.whenKeyset(10_000))?.version, 1)
  const first = await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 1 && clients.attached === 1,
  )
  t.same(first.clients.lost, [])

  t.comment('a request is in flight with a key that is being fenced')
  const begun = ring.begin(request)
  t.equal(begun.next, 'send')
  source.say({ ...fencedKeyset(2), active: 'secondary', fenced: ['primary'] })
  const busy = await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  const inFlight = (report: typeof busy) =>
    report.usage.find(({ fingerprint }) => fingerprint === report.held?.fingerprints.primary)
      ?.inFlight
  t.equal(inFlight(busy), 1, 'the fence is acknowledged, and the key is not drained')
  const next = ring.begin(request)
  t.equal(next.next === 'send' && next.slot, 'secondary')
  if (next.next === 'send') ring.end(next.fingerprint)
  if (begun.next === 'send') ring.end(begun.fingerprint)
  t.equal((await coordinator.until(report => inFlight(report) === 0)).acknowledged?.version, 2)

  t.comment('it asks for something newer')
  const before = source.refreshes
  await ring.refresh()
  t.ok(source.refreshes > before)

  await ring.stop()
  await coordinator.until(({ clients }) => clients.attached === 0)
  await sidecar.stop()
  t.match(coordinator.last, { goodbye: true, clients: { attached: 0, lost: [] } })
})

t.test('a client that was not closed holds back the goodbye, as it may still sign', async t => {
  const { sidecar, coordinator, lines } = await startBeside(t, { socket: null })
  const ring = new Ring({ source: sidecar.keys() }).start()
  await ring.whenKeyset(10_000)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  await sidecar.stop()
  await lines.until('leaving-clients')
  t.notOk(coordinator.last?.goodbye)
  t.equal(ring.begin(request).next, 'send', 'it keeps what it holds')
  t.match(ring.sourceStatus().lastError ?? 'x', /./)
  await ring.stop(0)
})

t.test('a client may come before its sidecar, and says where it looked', async t => {
  let isThere = false
  const directory = await scratch(t)
  const { sidecar } = await startBeside(t, { socket: null })
  const source = embeddedKeys(() => null, directory, {})
  const ring = new Ring({ source }).start()
  await source.refresh('requested', AbortSignal.timeout(5_000)).catch(() => {
    isThere = true
  })
  t.ok(isThere)
  while (ring.sourceStatus().lastError === null) await new Promise(setImmediate)
  t.match(ring.sourceStatus().lastError, /^The sidecar in this process cannot be followed/)
  await ring.stop()
  t.same(sidecar.status()?.clients, [])
})

t.test(
  'a process that embeds it and is killed is followed by one that knows it is dead',
  async t => {
    const coordinator = await FakeCoordinator.start()
    t.teardown(() => coordinator.stop())
    const state = await scratch(t)
    const start = () => new TestProcess(t, './embedding.ts', [state, coordinator.url])
    const first = start()
    await first.until(({ is }) => is === 'swapped')
    const before = await coordinator.until(
      ({ acknowledged, clients }) => acknowledged?.version === 1 && clients.attached === 1,
    )
    t.comment('killed before its disk knows that it was heard, it would keep its incarnation')
    const file = join(state, 'pod-1.json')
    while (!/"confirmed": true/.test(await readFile(file, 'utf8'))) await sleep(5)
    await first.kill()
    const second = start()
    await second.until(({ is }) => is === 'swapped')
    const after = await coordinator.until(
      ({ incarnation, acknowledged, clients }) =>
        incarnation !== before.incarnation &&
        acknowledged?.version === 1 &&
        clients.attached === 1 &&
        clients.lost.length === 0,
    )
    t.equal(after.previousIncarnation, before.incarnation)
    second.send('stop')
    t.equal(await second.exited(), 0)
    t.equal(coordinator.last?.goodbye, true)
  },
)
