import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

// Longer than every timeout between an application, its sidecar and the coordinator: nothing to do
// but wait, so both wait at the same time.
const aMinute = 60_000
t.setTimeout(300_000)
t.jobs = 2

t.test('an application is stopped for a minute: attached, silent, in use', async t => {
  const { coordinator, source, socket, lines } = await startBeside(t)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  application.child.kill('SIGSTOP')
  source.say(fencedKeyset(2))
  await coordinator.until(({ held }) => held?.version === 2)
  const before = coordinator.reports.length
  await sleep(aMinute)
  const meanwhile = coordinator.reports.slice(before).map(({ report }) => report)
  t.ok(meanwhile.length > 0, 'its sidecar reports all the while')
  for (const { clients, acknowledged } of meanwhile) {
    t.same(clients, { attached: 1, lost: [] })
    t.equal(acknowledged, null)
  }
  application.child.kill('SIGCONT')
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  const events = lines.lines.map(({ event }) => event)
  t.notOk(events.includes('client-died'), 'nobody took that for a death')
  t.notOk(events.includes('client-lost'))
})

t.test('a sidecar is stopped for a minute: applications go on, and so does it', async t => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const socket = join(directory, 'keyturn.sock')
  const args = ['pod-1', socket, join(directory, 'state'), coordinator.url]
  const sidecar = new TestProcess(t, './sidecar-process.ts', args)
  await sidecar.until(({ is }) => is === 'listening')
  sidecar.send(JSON.stringify(fencedKeyset(1)))
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  const before = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  sidecar.child.kill('SIGSTOP')
  await sleep(aMinute)
  application.send('begin')
  await application.until(({ is, next }) => is === 'begun' && next === 'send')
  application.send('end')
  await application.until(({ is }) => is === 'ended')
  const said = coordinator.reports.length
  sidecar.send(JSON.stringify(fencedKeyset(2)))
  sidecar.child.kill('SIGCONT')
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  const after = await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 2 && clients.attached === 1,
  )
  t.equal(after.incarnation, before.incarnation, 'the same process, the same member')
  for (const { report } of coordinator.reports.slice(said)) t.same(report.clients.lost, [])
})
