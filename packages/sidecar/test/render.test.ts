import { lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RenderedFile } from '@keyturn/sidecar'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { keyset, SpokenSource } from './helpers/keysets.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { ack, startRendering } from './helpers/rendering.ts'
import { scratch } from './helpers/scratch.ts'
import { type Beside, fencedKeyset, startBeside } from './helpers/sidecars.ts'

const inFlight = (beside: Beside, slot: 'primary' | 'secondary') => {
  const { held, usage } = beside.coordinator.last ?? {}
  return usage?.find(({ fingerprint }) => fingerprint === held?.fingerprints[slot])?.inFlight
}

t.test('each format shows the active key and nothing of a fenced one', async t => {
  const { keys } = fencedKeyset(1)
  const formats = {
    env: `COSMOS_ENDPOINT=http://127.0.0.1:9/\nCOSMOS_KEY=${keys.primary}\nCOSMOS_CONNECTION_STRING='AccountEndpoint=http://127.0.0.1:9/;AccountKey=${keys.primary};'\nKEYTURN_VERSION=1\n`,
    'connection-string': `AccountEndpoint=http://127.0.0.1:9/;AccountKey=${keys.primary};`,
  } as const
  for (const [format, text] of Object.entries(formats)) {
    const { lines, path } = await startRendering(t, { format: format as 'env' })
    await lines.until('rendered')
    t.equal(await readFile(path, 'utf8'), text)
  }
  const json = await startRendering(t, { format: 'json' })
  await json.lines.until('rendered')
  t.same(JSON.parse(await readFile(json.path, 'utf8')), {
    account: keyset().account,
    endpoint: 'http://127.0.0.1:9/',
    version: 1,
    key: keys.primary,
    connectionString: formats['connection-string'],
  })
  const template = '<k v="{{version}}">{{ key }}|{{standbyKey}}|$& {{account}}</k>'
  const own = await startRendering(t, { format: { template } })
  await own.lines.until('rendered')
  const { account } = keyset()
  t.equal(await readFile(own.path, 'utf8'), `<k v="1">${keys.primary}||$& ${account}</k>`)
})

t.test('a file has its mode and owner, and nothing is left beside it', async t => {
  const isRoot = process.getuid?.() === 0
  const owner = isRoot ? { owner: { uid: 4_242, gid: 4_243 } } : {}
  const { lines, path, out, source } = await startRendering(t, { mode: 0o640, ...owner })
  await lines.until('rendered')
  source.say(fencedKeyset(2))
  await lines.until('rendered', ({ version }) => version === 2)
  const { mode, uid, gid } = await stat(path)
  t.equal(mode & 0o777, 0o640)
  if (isRoot) t.same({ uid, gid }, { uid: 4_242, gid: 4_243 })
  t.same(await readdir(out), ['cosmos'])
})

t.test('whoever reads while it changes reads one version whole', async t => {
  const { lines, path, source } = await startRendering(t, { format: 'json' })
  await lines.until('rendered')
  const last = 60
  let isOver = false
  const versions = new Set<number>()
  const reading = (async () => {
    while (!isOver) versions.add(JSON.parse(await readFile(path, 'utf8')).version)
  })()
  const reads = async (version: number) => {
    while (!versions.has(version)) await new Promise(setImmediate)
  }
  await reads(1)
  for (let version = 2; version <= last; version += 1) {
    source.say(fencedKeyset(version))
    await new Promise(setImmediate)
  }
  await lines.until('rendered', ({ version }) => version === last)
  await reads(last)
  isOver = true
  await reading
  t.ok(versions.size > 1, 'there was something to see')
})

t.test('until its consumer acknowledges, a rendered file blocks', async t => {
  const beside = await startRendering(t)
  const { lines, coordinator, socket, source } = beside
  await lines.until('rendered')
  await coordinator.until(({ clients, held }) => clients.attached === 1 && held !== null)
  t.equal(coordinator.last?.acknowledged, null, 'nobody has said that it was loaded')
  t.equal((await ack(socket, 1)).status, 204)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  t.equal(inFlight(beside, 'primary'), 1, 'nobody counts its requests, so it is in use')
  t.equal(inFlight(beside, 'secondary'), 0, 'it was never shown this key')
  source.say(fencedKeyset(2))
  await coordinator.until(({ held }) => held?.version === 2)
  t.equal(coordinator.last?.acknowledged, null)
  t.equal((await ack(socket, 1)).status, 409, 'version 1 stands there no more')
  t.equal((await ack(socket, 3)).status, 409)
  await lines.until('rendered', ({ version }) => version === 2)
  t.equal((await ack(socket, 2)).status, 204)
  t.equal((await ack(socket, 2)).status, 204, 'saying it again changes nothing')
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 2)
})

t.test('a key stays in use from its rendering to the acknowledgement of its fence', async t => {
  const keys = keyset().keys
  const at = (version: number, active: 'primary' | 'secondary', fenced: 'primary'[] = []) =>
    keyset({ version, active, fenced, keys })
  const beside = await startRendering(t)
  const { lines, coordinator, socket, source } = beside
  await lines.until('rendered')
  await ack(socket, 1)
  const first = fencedKeyset(1).keys
  t.comment('the other key is made active: the old process may run on with the former')
  source.say(at(2, 'secondary', ['primary']))
  await lines.until('rendered', ({ version }) => version === 2)
  await coordinator.until(
    ({ held, usage }) => held?.version === 2 && usage.filter(one => one.inFlight > 0).length === 2,
  )
  t.notOk((await readFile(beside.path, 'utf8')).includes(first.primary))
  await ack(socket, 2)
  await coordinator.until(
    ({ acknowledged, usage }) =>
      acknowledged?.version === 2 && usage.filter(one => one.inFlight > 0).length === 1,
  )
  t.equal(inFlight(beside, 'secondary'), 1)
  t.equal(inFlight(beside, 'primary'), 0, 'drained, together with the fence')
})

t.test('nobody but its consumer speaks for a rendered file', async t => {
  const { lines, coordinator, socket } = await startRendering(t)
  await lines.until('rendered')
  const id = 'rendered.billing'
  const headers = { 'keyturn-client': id }
  const tries = [
    await ask(socket, 'PUT', `/v1/clients/${id}`, { body: attachment(id) }),
    await ask(socket, 'DELETE', `/v1/clients/${id}`, { body: usage(9) }),
    await ask(socket, 'POST', `/v1/clients/${id}/usage`, { body: usage(9) }),
    await ask(socket, 'GET', '/v1/keyset', { headers }),
    await ask(socket, 'GET', '/v1/keyset/stream', { headers }),
  ]
  for (const answer of tries) {
    t.match(JSON.parse(answer.text), { status: 409, code: 'CLIENT_PASSIVE' })
  }
  t.equal((await ack(socket, 1, 'somebody')).status, 404)
  t.equal(coordinator.last?.acknowledged, null)
})

t.test('nothing is rendered before the member has joined, or below the floor', async t => {
  const out = await scratch(t)
  const path = join(out, 'cosmos')
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  coordinator.floor = 5
  const render = [{ consumer: 'billing', path, format: 'env' }] as const
  const { lines, source } = await startBeside(t, { render }, coordinator)
  await lines.until('not-serving', ({ code }) => code === 'BELOW_FLOOR')
  t.same(await readdir(out), [])
  source.say(fencedKeyset(5))
  t.equal((await lines.until('rendered'))['version'], 5)
})

t.test('what cannot be written leaves the last file, and is said and tried again', async t => {
  const { lines, path, out, source, sidecar } = await startRendering(t, { format: 'json' })
  await lines.until('rendered')
  t.comment('a directory in the way of the new file: no right or quota of root can help it')
  const obstacle = join(out, '.cosmos.keyturn')
  await mkdir(obstacle)
  source.say(fencedKeyset(2))
  t.match(await lines.until('render-failed'), { consumer: 'billing', version: 2, path })
  t.equal(JSON.parse(await readFile(path, 'utf8')).version, 1)
  t.equal(sidecar.status()?.notServing, null, 'other clients are served on')
  await rm(obstacle, { recursive: true })
  await lines.until('rendered', ({ version }) => version === 2)
  t.equal(JSON.parse(await readFile(path, 'utf8')).version, 2)
})

t.test('a link in the place of the file or of its draft is replaced, never followed', async t => {
  const out = await scratch(t)
  const victim = join(out, 'victim')
  await writeFile(victim, 'untouched')
  await symlink(victim, join(out, 'cosmos'))
  await symlink(victim, join(out, '.cosmos.keyturn'))
  const { lines } = await startRendering(t, { path: join(out, 'cosmos') })
  await lines.until('rendered')
  t.equal(await readFile(victim, 'utf8'), 'untouched')
  t.ok((await lstat(join(out, 'cosmos'))).isFile())
})

t.test('after a restart a rendered file is asked for again, and says no goodbye', async t => {
  const { coordinator, lines, sidecar, socket, directory, path } = await startRendering(t)
  await lines.until('rendered')
  await ack(socket, 1)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  await sidecar.stop()
  t.notOk(coordinator.last?.goodbye, 'its consumer may still run')
  t.ok(
    (await readFile(path, 'utf8')).includes(fencedKeyset(1).keys.primary),
    'nor is it taken away',
  )
  const again = await startBeside(
    t,
    {
      socket,
      stateDirectory: join(directory, 'state'),
      render: [{ consumer: 'billing', path, format: 'env' }],
    },
    coordinator,
  )
  await again.lines.until('rendered')
  await coordinator.until(({ clients }) => clients.attached === 1)
  t.same(coordinator.last?.clients.lost, [])
  t.equal(coordinator.last?.acknowledged, null)
  await ack(socket, 1)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
})

t.test(
  'who read a file that is rendered no more is lost until its owner says that it ended',
  async t => {
    const { coordinator, lines, sidecar, socket, directory } = await startRendering(t)
    const leave = () => {
      const headers = { 'content-type': 'application/json' }
      return ask(socket, 'DELETE', '/v1/clients/rendered.billing', { headers, body: usage(1) })
    }
    await lines.until('rendered')
    t.equal((await ack(socket, 1)).status, 204)
    t.match(await leave(), { status: 409, text: /CLIENT_PASSIVE/ }, 'not while it is rendered')
    await sidecar.stop()
    const stateDirectory = join(directory, 'state')
    const { sidecar: next } = await startBeside(t, { socket, stateDirectory }, coordinator)
    await coordinator.until(({ clients }) => clients.lost.length === 1)
    t.equal((await leave()).status, 204)
    await coordinator.until(({ clients, acknowledged }) => {
      return clients.lost.length === 0 && acknowledged?.version === 1
    })
    await next.stop()
    t.equal(coordinator.last?.goodbye, true, 'and nobody is left who holds it up')
  },
)

t.test('files that cannot be are refused with a code', async t => {
  const source = new SpokenSource()
  const file = { consumer: 'a', path: '/x/y', format: 'env' } as const
  const cases: (readonly RenderedFile[])[] = [
    [file, { ...file, path: '/x/z' }],
    [file, { ...file, consumer: 'b' }],
    [{ ...file, consumer: 'a b' }],
    [{ ...file, path: 'x/y' }],
    [{ ...file, format: { template: '{{password}}' } }],
    [{ ...file, mode: 0o4755 }],
    [{ ...file, onChange: { signal: 'SIGHUP' } }],
  ]
  for (const render of cases) {
    t.throws(() => new Sidecar({ name: 'pod', source, render }), { code: 'BAD_OPTIONS' })
  }
})
