import { once } from 'node:events'
import { unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { checkPresence } from '../src/presence/check.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

t.test('only a refusal is a death', async t => {
  const directory = await scratch(t)
  const path = join(directory, 'p')
  t.equal(await checkPresence(path, 60_000), 'unknown', 'nothing there proves nothing')
  await writeFile(path, '')
  t.equal(await checkPresence(path, 500), 'unknown', 'nor does a file that is no socket')
  await unlink(path)
  const server = createServer()
  await new Promise<void>(resolve => server.listen(path, resolve))
  t.equal(await checkPresence(path, 60_000), 'alive')
  server.close()
  await unlink(path).catch(() => undefined)
})

t.test('a stopped application stays attached, a killed one is gone', async t => {
  const { coordinator, source, socket, lines } = await startBeside(t)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)

  t.comment('stopped, its stream stays open: it is attached, and nothing new is acknowledged')
  application.child.kill('SIGSTOP')
  source.say(fencedKeyset(2))
  const stopped = await coordinator.until(({ held }) => held?.version === 2)
  t.match(stopped, { clients: { attached: 1, lost: [] } })
  t.not(stopped.acknowledged?.version, 2)
  t.comment('killed: refused at its presence socket, and so proven dead')
  application.child.kill('SIGKILL')
  const died = await lines.until('client-died')
  t.match(died, { client: /^orders-api\./ })
  // Lost for a moment, perhaps: the stream may close before the presence socket does.
  await coordinator.until(({ clients }) => clients.attached + clients.lost.length === 0)
})

t.test('a client killed in the moment before holds no goodbye back', async t => {
  const { coordinator, sidecar, socket, lines } = await startBeside(t)
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  const ended = once(application.child, 'exit')
  application.child.kill('SIGKILL')
  await Promise.all([ended, sidecar.stop()])
  t.match(await lines.until('client-died'), { client: /^orders-api\./ })
  t.match(coordinator.last, { goodbye: true, clients: { attached: 0, lost: [] } })
})

t.test('a vanished connection of a living process is lost until it returns', async t => {
  const first = await startBeside(t)
  const { coordinator, sidecar, socket, lines, directory } = first
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)

  t.comment('the sidecar restarts while the application is stopped')
  application.child.kill('SIGSTOP')
  await sidecar.stop()
  t.match(await lines.until('leaving-clients'), { clients: 1 })
  t.notOk(coordinator.last?.goodbye, 'no goodbye while a client is not gone')
  await startBeside(t, { socket, stateDirectory: join(directory, 'state') }, coordinator)
  const lost = await coordinator.until(({ clients }) => clients.lost.length === 1)
  t.match(lost, { acknowledged: null, clients: { attached: 0, lost: [/^orders-api\./] } })
  t.ok(
    lost.usage.every(({ inFlight }) => inFlight >= 1),
    'what cannot be known counts as in use',
  )

  t.comment('it goes on, and attaches again under the same id')
  application.child.kill('SIGCONT')
  const back = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  t.match(back.clients, { attached: 1, lost: [] })
  t.equal(new Set(coordinator.reports.map(({ report }) => report.incarnation)).size, 2)
})
