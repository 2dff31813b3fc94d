import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { memberAtStart, toStore } from '@keyturn/core'
import t from 'tap'
import { StateFile } from '../src/state/state-file.ts'
import { ask, attachment } from './helpers/local.ts'
import { obstruct } from './helpers/obstacle.ts'
import { scratch } from './helpers/scratch.ts'
import { startBeside } from './helpers/sidecars.ts'

const state = toStore(memberAtStart(null, 'i-1', true))

t.test('what was saved is loaded', async t => {
  const directory = await scratch(t)
  const file = new StateFile(join(directory, 'made'), 'pod')
  t.same(await file.load(), { is: 'absent' })
  await file.save(state)
  t.same(await file.load(), { is: 'state', state })
  t.equal((await stat(file.path)).mode & 0o777, 0o600)
  t.same(await readdir(join(directory, 'made')), ['pod.json'], 'nothing half-written is left')
})

t.test('a damaged or foreign file is set aside, not trusted and not lost', async t => {
  const directory = await scratch(t)
  const file = new StateFile(directory, 'pod')
  const foreign = [
    '{',
    '[]',
    '{"schema":"other"}',
    JSON.stringify({ schema: 'keyturn/sidecar-state/v1', ...state, clients: {} }),
    JSON.stringify({ schema: 'keyturn/sidecar-state/v1', ...state, floor: -1 }),
    JSON.stringify({ schema: 'keyturn/sidecar-state/v1', ...state, identity: { starts: 'x' } }),
  ]
  for (const text of foreign) {
    await writeFile(file.path, text)
    t.match(await file.load(), { is: 'unreadable' })
    t.equal(await readFile(`${file.path}.unreadable`, 'utf8'), text)
  }
})

t.test('a sidecar whose state is damaged starts as a new member of the same name', async t => {
  const directory = await scratch(t)
  const stateDirectory = join(directory, 'state')
  await mkdir(stateDirectory)
  await writeFile(join(stateDirectory, 'pod-1.json'), '{')
  const { coordinator, lines } = await startBeside(t, { stateDirectory })
  await lines.until('state-unreadable')
  const report = await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  t.equal(report.previousIncarnation, null)
})

t.test('a directory that cannot be used is refused at the start', async t => {
  const directory = await scratch(t)
  const blocked = join(directory, 'file')
  await writeFile(blocked, '')
  const file = new StateFile(join(blocked, 'state'), 'pod')
  await t.rejects(file.load(), { code: 'STATE_UNWRITABLE', message: /directory of its own/ })
  await t.rejects(file.save(state), { code: 'STATE_UNWRITABLE' })
})

t.test('a client that cannot be recorded is handed nothing', async t => {
  const { socket, directory, lines } = await startBeside(t)
  await lines.until('acknowledged')
  const clear = await obstruct(directory)
  const refused = await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  t.equal(refused.status, 503)
  t.match(JSON.parse(refused.text), { code: 'CLIENT_NOT_RECORDED' })
  const headers = { 'keyturn-client': 'c-1' }
  t.equal((await ask(socket, 'GET', '/v1/keyset', { headers })).status, 503)
  await lines.until('state-not-written')
  await clear()
  await chmod(join(directory, 'state'), 0o700)
  const taken = await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  t.equal(taken.status, 204)
  t.equal((await ask(socket, 'GET', '/v1/keyset', { headers })).status, 200)
})
