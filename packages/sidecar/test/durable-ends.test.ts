import { once } from 'node:events'
import { existsSync, readdirSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { ask, attachment, usage } from './helpers/local.ts'
import { obstruct } from './helpers/obstacle.ts'
import { TestProcess } from './helpers/process.ts'
import { startBeside } from './helpers/sidecars.ts'

t.test('a goodbye that a restart would not remember is not answered as heard', async t => {
  const { socket, directory, lines } = await startBeside(t)
  await lines.until('acknowledged')
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const clear = await obstruct(directory)
  const unheard = await ask(socket, 'DELETE', '/v1/clients/c-1', { body: usage(1) })
  t.equal(unheard.status, 503, 'so the client leaves its presence socket: its end proves the rest')
  await clear()
})

t.test('the proof of a death stays until the death is on the disk', async t => {
  const { socket, directory, lines, coordinator } = await startBeside(t)
  await lines.until('acknowledged')
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  await application.until(({ is }) => is === 'swapped')
  const { clients } = await coordinator.until(({ clients }) => clients.attached === 1)
  t.same(clients.lost, [])
  const presence = createServer()
  const path = join(directory, 'c-2')
  presence.listen(path)
  await once(presence, 'listening')
  await ask(socket, 'PUT', '/v1/clients/c-2', { body: attachment('c-2') })
  const clear = await obstruct(directory)
  application.child.kill('SIGKILL')
  const died = await lines.until('client-died')
  t.match(died, { client: /^orders-api\./ })
  await lines.until('state-not-written')
  t.equal(leftovers(directory).length, 1, 'its presence socket is still there to be asked')
  const watcher = watch(directory)
  t.teardown(() => watcher.close())
  await clear()
  while (leftovers(directory).length > 0) await once(watcher, 'change')
  t.ok(existsSync(path), 'and a living client’s stays')
  presence.close()
})

/** Presence sockets of processes that the test has not opened itself. */
const leftovers = (directory: string): readonly string[] =>
  readdirSync(directory).filter(name => name.startsWith('c-') && name !== 'c-2')
