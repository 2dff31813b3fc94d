import t from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { TestProcess } from './helpers/process.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

t.test('applications wait until the coordinator has recorded the member', async t => {
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  coordinator.failing = 503
  const { sidecar, socket, lines } = await startBeside(t, {}, coordinator)
  const application = new TestProcess(t, './application.ts', [socket, 'app'])
  await lines.until('client-attached')
  await lines.until('coordinator-away', ({ failures }) => failures === 2)
  t.equal(sidecar.status()?.notServing, 'NOT_JOINED')
  t.same(application.messages, [{ is: 'started' }])
  coordinator.failing = null
  await application.until(({ is }) => is === 'swapped')
  t.equal(sidecar.status()?.joining, 'joined')
})

t.test('without an answer it serves all the same once the wait is over, and says so', async t => {
  const coordinator = await FakeCoordinator.start()
  coordinator.failing = 503
  t.teardown(() => coordinator.stop())
  const { sidecar, socket, lines } = await startBeside(t, { joinWaitMs: 300 }, coordinator)
  const application = new TestProcess(t, './application.ts', [socket, 'app'])
  await application.until(({ is }) => is === 'swapped')
  t.equal(sidecar.status()?.joining, 'outside')
  await lines.until('outside-guarantee')
  coordinator.failing = null
  await lines.until('joined')
  t.equal(sidecar.status()?.joining, 'joined', 'and it joins when it can')
})

t.test('without a coordinator it serves at once, and says so', async t => {
  const { sidecar, lines, coordinator } = await startBeside(t, { coordinator: undefined })
  await lines.until('no-coordinator')
  t.match(sidecar.status(), { joining: 'outside', notServing: null })
  t.same(coordinator.reports, [])
})

t.test('below the floor it waits for its source', async t => {
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  coordinator.floor = 3
  const { sidecar, source, lines } = await startBeside(t, {}, coordinator)
  await lines.until('joined')
  t.equal(sidecar.status()?.notServing, 'BELOW_FLOOR')
  source.say(fencedKeyset(3))
  t.equal(sidecar.status()?.notServing, null)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 3)
})

t.test('an announced version is read until the source gives it', async t => {
  const { sidecar, source, coordinator, lines } = await startBeside(t)
  await lines.until('acknowledged')
  const before = source.refreshes
  coordinator.announce(2)
  const told = await coordinator.until(({ knownVersion }) => knownVersion === 2)
  t.equal(told.held?.version, 1, 'the vault lags behind what was announced')
  while (source.refreshes < before + 2) await new Promise(resolve => setImmediate(resolve))
  source.has(fencedKeyset(2))
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  t.equal(sidecar.status()?.held?.version, 2)
})

t.test('a coordinator that went away and came back is told everything', async t => {
  const { source, coordinator, lines } = await startBeside(t)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  const last = coordinator.last?.sequence ?? 0
  await coordinator.stop()
  source.say(fencedKeyset(2))
  await lines.until('coordinator-away')
  await coordinator.listen()
  const report = await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
  t.ok(report.sequence > last)
})

t.test('a member whose clients are all gone says goodbye', async t => {
  const { sidecar, coordinator, lines } = await startBeside(t)
  await lines.until('acknowledged')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  await sidecar.stop()
  t.match(coordinator.last, { goodbye: true, clients: { attached: 0, lost: [] } })
  t.same(coordinator.refusedBodies, [])
  t.equal(sidecar.status(), null)
})

t.test('one without a state directory says that it is not durable', async t => {
  const { coordinator, lines } = await startBeside(t, { stateDirectory: undefined })
  await lines.until('not-durable')
  const report = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  t.equal(report.durable, false)
})
