import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sidecar as sidecarSource } from '@keyturn/keyring'
import { problemSchema } from '@keyturn/protocol'
import { Sidecar, SidecarError } from '@keyturn/sidecar'
import fc from 'fast-check'
import t from 'tap'
import { account, keyset, SpokenSource } from './helpers/keysets.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

const client = { 'keyturn-client': 'c-1' }

t.test('the socket is for its owner alone', async t => {
  const { socket, directory } = await startBeside(t)
  t.same(await readdir(directory), ['keyturn.sock', 'state'], 'and nothing else is left there')
  t.equal((await stat(socket)).mode & 0o777, 0o600)
})

t.test('its mode can be widened for containers that share a group', async t => {
  const { socket } = await startBeside(t, { socketMode: 0o660 })
  t.equal((await stat(socket)).mode & 0o777, 0o660)
})

t.test('a second sidecar on the same socket is refused', async t => {
  const { socket } = await startBeside(t)
  const second = new Sidecar({ name: 'pod-2', source: new SpokenSource(), socket })
  await t.rejects(second.start(), { code: 'SOCKET_IN_USE' })
})

t.test('a socket that cannot be is refused with a sentence', async t => {
  const socket = `/tmp/${'long-'.repeat(40)}/keyturn.sock`
  const sidecar = new Sidecar({ name: 'pod-2', source: new SpokenSource(), socket })
  await t.rejects(sidecar.start(), { code: 'SOCKET_UNUSABLE', message: /at most 90/ })
})

t.test('the keyset is handed to attached clients only', async t => {
  const { socket, lines } = await startBeside(t)
  await lines.until('serving')
  const stranger = await ask(socket, 'GET', '/v1/keyset')
  t.equal(stranger.status, 404)
  t.match(JSON.parse(stranger.text), { code: 'CLIENT_UNKNOWN' })
  t.equal((await ask(socket, 'GET', '/v1/keyset/stream', { headers: client })).status, 404)
  const attached = await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  t.equal(attached.status, 204)
  const answer = await ask(socket, 'GET', '/v1/keyset', { headers: client })
  t.same(JSON.parse(answer.text), { ...fencedKeyset(1) })
  t.equal(answer.headers['cache-control'], 'no-store')
})

t.test('before there is a keyset it says so, and when to come back', async t => {
  const { socket } = await startBeside(t, { source: new SpokenSource() })
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  for (const path of ['/v1/keyset', '/readyz']) {
    const answer = await ask(socket, 'GET', path, { headers: client })
    t.equal(answer.status, 503)
    t.match(JSON.parse(answer.text), { code: 'NO_KEYSET' })
    t.equal(answer.headers['retry-after'], '1')
  }
  t.equal((await ask(socket, 'GET', '/healthz')).status, 200)
})

t.test('a client that asks for something newer makes the source look', async t => {
  const { socket, source, lines } = await startBeside(t)
  await lines.until('serving')
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  source.has(fencedKeyset(2))
  const headers = { ...client, 'cache-control': 'no-cache' }
  const answer = await ask(socket, 'GET', '/v1/keyset', { headers })
  t.equal(JSON.parse(answer.text).version, 2)
})

t.test('an id that belongs to another process is refused', async t => {
  const { socket } = await startBeside(t)
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const twin = await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-2') })
  t.equal(twin.status, 409)
})

t.test('a goodbye is taken once nothing is in flight', async t => {
  const { socket, coordinator } = await startBeside(t)
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  await coordinator.until(({ clients }) => clients.attached === 1)
  const fingerprint = '00000000000000aa'
  const busy = usage(1, { usage: [{ fingerprint, inFlight: 1, total: 1, idleMs: 0 }] })
  const early = await ask(socket, 'DELETE', '/v1/clients/c-1', { body: busy })
  t.equal(early.status, 409)
  const done = await ask(socket, 'DELETE', '/v1/clients/c-1', { body: usage(2) })
  t.equal(done.status, 204)
  await coordinator.until(({ clients }) => clients.attached === 0 && clients.lost.length === 0)
  const late = await ask(socket, 'POST', '/v1/clients/c-1/usage', { body: usage(3) })
  t.equal(late.status, 404)
})

t.test('requests of browsers and through proxies are refused', async t => {
  const { socket } = await startBeside(t)
  for (const name of ['origin', 'x-forwarded-for', 'forwarded', 'sec-fetch-site']) {
    const answer = await ask(socket, 'GET', '/healthz', { headers: { [name]: 'x' } })
    t.equal(answer.status, 403, name)
  }
})

t.test('a client whose presence socket lies elsewhere is refused', async t => {
  const { socket } = await startBeside(t)
  for (const presence of ['../x', '/run/docker.sock', 'a/b']) {
    const body = attachment(presence)
    t.equal((await ask(socket, 'PUT', '/v1/clients/c-1', { body })).status, 400, presence)
  }
})

t.test('whatever is sent gets a problem that quotes nothing of it, and never a 5xx', async t => {
  const { socket, lines } = await startBeside(t)
  const secret = fencedKeyset(1).keys.primary
  const path = fc.oneof(
    fc.constantFrom('/v1/clients/c-9', '/v1/clients/c-9/usage', '/v1/keyset', '/%', '/v1/%zz'),
    fc.webPath().filter(each => each.startsWith('/')),
  )
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom(
      `{"primary":"${secret}"`,
      JSON.stringify({ [secret]: secret }),
      JSON.stringify({ name: secret, pid: secret, presence: secret }),
    ),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'),
      path,
      body,
      async (method, where, what) => {
        const answer = await ask(socket, method, where, { body: what })
        if (answer.text.includes(secret)) return false
        if (answer.status >= 400) {
          return answer.status < 500 && problemSchema.safeParse(JSON.parse(answer.text)).success
        }
        return true
      },
    ),
    { numRuns: 150 },
  )
  t.notOk(lines.raw.some(line => line.includes(secret)))
})

t.test('a client that is not there cannot leave', async t => {
  const { socket } = await startBeside(t)
  const answer = await ask(socket, 'DELETE', '/v1/clients/c-1', { body: usage(1) })
  t.match(JSON.parse(answer.text), { status: 404, code: 'CLIENT_UNKNOWN' })
})

t.test('ready means that a keyset is served', async t => {
  const { socket, lines } = await startBeside(t)
  await lines.until('serving')
  const { status, text } = await ask(socket, 'GET', '/readyz')
  t.equal(status, 200)
  t.same(JSON.parse(text), { status: 'ready', version: 1, joining: 'joined' })
})

t.test('a sidecar starts once', async t => {
  const { sidecar } = await startBeside(t)
  await t.rejects(sidecar.start(), { code: 'STARTED_BEFORE' })
})

t.test('a keyset of another account is not served, nor one of nobody', async t => {
  const { sidecar, source, lines } = await startBeside(t, { source: new SpokenSource() })
  t.ok(source)
  t.equal(sidecar.status()?.notServing, 'NO_KEYSET')
  const nameless = await startBeside(t, {
    source: new SpokenSource(keyset({ version: 0, account: '', endpoint: '', installation: null })),
  })
  await nameless.lines.until('keyset-nameless')
  t.equal(nameless.sidecar.status()?.held, null)
  t.notOk(lines.lines.some(({ event }) => event === 'keyset-nameless'))
})

t.test('after a restart a keyset of another account is not served', async t => {
  const { coordinator, directory, sidecar, socket } = await startBeside(t)
  await coordinator.until(({ acknowledged }) => acknowledged?.version === 1)
  await sidecar.stop()
  const foreign = keyset({ version: 9, account: account.replace('orders', 'other') })
  const again = await startBeside(
    t,
    { socket, stateDirectory: join(directory, 'state'), source: new SpokenSource(foreign) },
    coordinator,
  )
  await again.lines.until('keyset-foreign')
  t.match(again.sidecar.status(), { held: null, notServing: 'NO_KEYSET' })
})

t.test('options that cannot work are refused with a code', async t => {
  const source = new SpokenSource()
  const cases = [
    { name: 'a b', source },
    { name: 'pod', source, coordinator: { url: 'ftp://x' } },
    { name: 'pod', source, holdMs: 90_000 },
    { name: 'pod', source, joinWaitMs: -1 },
    { name: 'pod', source: sidecarSource() },
  ]
  for (const options of cases) t.throws(() => new Sidecar(options), { code: 'BAD_OPTIONS' })
  t.ok(new SidecarError('BAD_OPTIONS', 'x') instanceof Error)
  const url = 'http://keyturn.internal:8443'
  const plain = (more = {}) => new Sidecar({ name: 'pod', source, coordinator: { url, ...more } })
  t.throws(() => plain(), { code: 'PLAIN_HTTP_REFUSED', message: /keyturn\.internal:8443/ })
  t.throws(() => plain({ plainAcceptedBy: '' }), { code: 'PLAIN_HTTP_REFUSED' })
  t.ok(plain({ plainAcceptedBy: 'ada' }), 'a mesh has the TLS')
  t.ok(plain({ url: 'http://[::1]:8443' }), 'it stays on the machine')
})
