import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

/** The same incarnation, where its first answer was not stored yet, or one that names it. */
const continues = (after: Report, before: Report): boolean =>
  [after.incarnation, after.previousIncarnation].includes(before.incarnation) &&
  (after.incarnation !== before.incarnation || after.sequence > before.sequence)

const stage = async (t: Test) => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const socket = join(directory, 'keyturn.sock')
  const state = join(directory, 'state')
  const start = async (version: number | null) => {
    const sidecar = new TestProcess(t, './sidecar-process.ts', [
      'pod-1',
      socket,
      state,
      coordinator.url,
    ])
    await sidecar.until(({ is }) => is === 'listening')
    if (version !== null) sidecar.send(JSON.stringify(fencedKeyset(version)))
    return sidecar
  }
  return { coordinator, socket, state, start }
}

t.test('a killed sidecar remembers its client and presents what it was', async t => {
  const { coordinator, socket, start } = await stage(t)
  const sidecar = await start(1)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  const before = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  await sidecar.kill()
  application.send('begin')
  await application.until(({ is, next }) => is === 'begun' && next === 'send')

  await start(2)
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  const after = await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  t.ok(continues(after, before))
  t.match(after.clients, { attached: 1, lost: [] })
  const reports = coordinator.reports.map(({ report }) => report)
  const [first] = reports.filter(({ held }) => held?.version === 2)
  t.equal(first?.acknowledged, null, 'until the client was heard, nothing was acknowledged')
})

t.test('killed twice before anybody answered, it is still the same member', async t => {
  const { coordinator, start } = await stage(t)
  const first = await start(1)
  const before = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  await first.kill()
  coordinator.failing = 503
  for (const version of [1, 1]) {
    const sidecar = await start(version)
    await sidecar.kill()
  }
  coordinator.failing = null
  const last = await start(2)
  const after = await coordinator.until(({ held }) => held?.version === 2)
  t.ok(continues(after, before))
  await last.kill()
})

t.test('restarted on a staler source, it serves nothing older than it acknowledged', async t => {
  const { coordinator, socket, start } = await stage(t)
  const sidecar = await start(5)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 5)
  await sidecar.kill()
  const stale = await start(4)
  const held = await coordinator.until(report => report.held?.version === 4)
  t.equal(held.acknowledged, null)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await coordinator.until(({ clients }) => clients.attached === 1)
  stale.send(JSON.stringify(fencedKeyset(5)))
  const swapped = await application.until(({ is }) => is === 'swapped')
  t.equal(swapped.version, 5, 'the first keyset that the application saw')
})

t.test('the state on the disk names clients and fingerprints, and no key', async t => {
  const { coordinator, socket, state, start } = await stage(t)
  const sidecar = await start(1)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 1 && clients.attached === 1,
  )
  const read = () => readFile(join(state, 'pod-1.json'), 'utf8')
  // That it was heard is written after it was heard.
  while (!/"confirmed": true/.test(await read())) await sleep(5)
  await sidecar.kill()
  const text = await read()
  const stored = JSON.parse(text)
  t.match(stored, {
    schema: 'keyturn/sidecar-state/v1',
    clients: [{ name: 'orders-api', pid: application.child.pid }],
    acknowledged: { version: 1 },
    identity: { confirmed: true },
  })
  for (const key of Object.values(fencedKeyset(1).keys)) t.notMatch(text, key)
})

t.test('one that is started beside it by mistake leaves its state alone', async t => {
  const { coordinator, socket, state, start } = await stage(t)
  await start(1)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  const { incarnation } = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  const stored = () => readFile(join(state, 'pod-1.json'), 'utf8')
  while (!JSON.parse(await stored()).identity.confirmed) await new Promise(setImmediate)
  const before = await stored()
  const args = ['pod-1', socket, state, coordinator.url]
  const second = new TestProcess(t, './sidecar-process.ts', args)
  t.not(await second.exited(), 0)
  t.match(second.output, 'SOCKET_IN_USE')
  t.equal(await stored(), before)
  t.match(before, incarnation)
})

t.test('a sidecar that is stopped holds up nobody who has a keyset', async t => {
  const { socket, start } = await stage(t)
  const sidecar = await start(1)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  sidecar.child.kill('SIGSTOP')
  application.send('begin')
  await application.until(({ is, next }) => is === 'begun' && next === 'send')
  application.send('end')
  application.send('stop')
  t.equal(await application.exited(), 0, 'and it ends, although nobody hears its goodbye')
})
