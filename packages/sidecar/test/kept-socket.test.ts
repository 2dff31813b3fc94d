import { chmod, mkdir, readdir, rename, rm, stat, symlink, unlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import t from 'tap'
import { ask } from './helpers/local.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

const answers = async (socket: string) => (await ask(socket, 'GET', '/healthz')).status === 200

t.test('a socket that is deleted comes back, and whoever is attached does not notice', async t => {
  const { socket, source, lines, coordinator } = await startBeside(t, { socketMode: 0o660 })
  const application = new TestProcess(t, './application.ts', [socket, 'app'])
  await application.until(({ is }) => is === 'swapped')
  await unlink(socket)
  source.say(fencedKeyset(2))
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  await lines.until('socket-restored')
  t.ok(await answers(socket))
  t.equal((await stat(socket)).mode & 0o777, 0o660)
  const second = new TestProcess(t, './application.ts', [socket, 'late'])
  await second.until(({ is }) => is === 'swapped')
  await coordinator.until(
    ({ acknowledged, clients }) => acknowledged?.version === 2 && clients.attached === 2,
  )
  t.notOk(lines.lines.some(({ event }) => event === 'client-lost'))
})

t.test('so it does where its directory goes as well', async t => {
  const socket = join(await scratch(t), 'run', 'keyturn.sock')
  const { lines } = await startBeside(t, { socket })
  await rm(dirname(socket), { recursive: true })
  await lines.until('socket-restored')
  t.ok(await answers(socket))
})

t.test('who was attached then can still be proven dead', async t => {
  const socket = join(await scratch(t), 'run', 'keyturn.sock')
  const { lines, coordinator } = await startBeside(t, { socket })
  const application = new TestProcess(t, './application.ts', [socket, 'app'])
  await application.until(({ is }) => is === 'swapped')
  const presences = async () => (await readdir(dirname(socket))).filter(name => /^c-/.test(name))
  const before = await presences()
  t.equal(before.length, 1)
  await rm(dirname(socket), { recursive: true })
  await lines.until('socket-restored')
  while ((await presences()).length === 0) await new Promise(setImmediate)
  t.same(await presences(), before)
  await application.kill()
  t.match(await lines.until('client-died'), { client: /^app\./ })
  await coordinator.until(({ clients }) => clients.attached + clients.lost.length === 0)
})

t.test('a name that another process has is left to it', async t => {
  const { socket, sidecar, lines } = await startBeside(t)
  const other = createServer(connection => void connection.end())
  await new Promise<void>(resolve => other.listen(`${socket}.other`, resolve))
  // In one step: the sidecar would take a name that is free for a moment.
  await rename(`${socket}.other`, socket)
  t.teardown(() => other.close())
  t.match(await lines.until('socket-missing'), { reason: 'SOCKET_IN_USE' })
  await sidecar.stop()
  t.ok(await stat(socket), 'nor is it taken away at the end')
})

t.test('what cannot be made again is told once, and tried until it can', async t => {
  const directory = await scratch(t)
  const socket = join(directory, 'run', 'keyturn.sock')
  for (const each of ['before', 'after']) await mkdir(join(directory, each))
  await mkdir(join(directory, 'after', 'keyturn.sock'))
  await symlink('before', join(directory, 'run'))
  const { lines } = await startBeside(t, { socket })
  // In one step: the sidecar would make what is missing for a moment.
  await symlink('after', join(directory, 'next'))
  await rename(join(directory, 'next'), join(directory, 'run'))
  await lines.until('socket-missing')
  await rm(socket, { recursive: true })
  await chmod(dirname(socket), 0o700)
  await lines.until('socket-restored')
  t.ok(await answers(socket))
  t.equal(lines.lines.filter(({ event }) => event === 'socket-missing').length, 1)
})
