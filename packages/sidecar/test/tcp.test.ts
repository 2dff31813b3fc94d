import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Sidecar } from '@keyturn/sidecar'
import t, { type Test } from 'tap'
import { SpokenSource } from './helpers/keysets.ts'
import { ask, attachment } from './helpers/local.ts'
import { LogLines } from './helpers/log-lines.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

const startOnTcp = async (t: Test, tokenFile?: string) => {
  const directory = await scratch(t)
  const file = tokenFile ?? join(directory, 'run', 'token')
  const lines = new LogLines()
  const sidecar = new Sidecar({
    name: 'pod-1',
    source: new SpokenSource(fencedKeyset(1)),
    tcp: { port: 0, tokenFile: file },
    log: lines.log,
  })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const port = Number(new URL(sidecar.url ?? '').port)
  const token = async () => (await readFile(file, 'utf8')).trim()
  return { directory, sidecar, port, file, token, lines }
}

t.test('on TCP the token file is made at start, for its owner alone', async t => {
  const { port, file, token } = await startOnTcp(t)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.equal(Buffer.from(await token(), 'base64url').length, 32)
  const headers = { 'keyturn-token': await token(), 'keyturn-client': 'c-1' }
  const body = attachment('c-1')
  t.equal((await ask(port, 'PUT', '/v1/clients/c-1', { headers, body })).status, 204)
  const answer = await ask(port, 'GET', '/v1/keyset', { headers })
  t.equal(JSON.parse(answer.text).version, 1)
})

t.test('nothing is answered without the token, not even whether it lives', async t => {
  const { port, token } = await startOnTcp(t)
  const near = `${(await token()).slice(0, -1)}~`
  for (const path of ['/v1/keyset', '/healthz', '/metrics', '/openapi.json', '/nowhere']) {
    for (const wrong of [null, near, '']) {
      const headers: Record<string, string> = wrong === null ? {} : { 'keyturn-token': wrong }
      const answer = await ask(port, 'GET', path, { headers })
      t.match(JSON.parse(answer.text), { status: 401, code: 'TOKEN_REFUSED' }, path)
    }
  }
})

t.test('a token that is replaced is void at once, and the new one counts', async t => {
  const { port, file, token } = await startOnTcp(t)
  const old = { 'keyturn-token': await token() }
  t.equal((await ask(port, 'GET', '/healthz', { headers: old })).status, 200)
  await writeFile(file, `${'n'.repeat(43)}\n`)
  t.equal((await ask(port, 'GET', '/healthz', { headers: old })).status, 401)
  const fresh = { 'keyturn-token': 'n'.repeat(43) }
  t.equal((await ask(port, 'GET', '/healthz', { headers: fresh })).status, 200)
})

t.test('a token that was there stays, and one that others may read is refused', async t => {
  const directory = await scratch(t)
  const file = join(directory, 'token')
  await writeFile(file, 'k'.repeat(40), { mode: 0o640 })
  const { token } = await startOnTcp(t, file)
  t.equal(await token(), 'k'.repeat(40))
  await chmod(file, 0o644)
  const second = new Sidecar({
    name: 'pod-2',
    source: new SpokenSource(),
    tcp: { port: 0, tokenFile: file },
  })
  await t.rejects(second.start(), { code: 'TOKEN_UNUSABLE', message: /everybody/ })
})

t.test('a token that can be guessed, or cannot be written, is refused', async t => {
  const directory = await scratch(t)
  const short = join(directory, 'short')
  await writeFile(short, 'secret', { mode: 0o600 })
  const blocked = join(directory, 'blocked')
  await mkdir(blocked)
  for (const tokenFile of [short, blocked, '/dev/null/token']) {
    const tcp = { port: 0, tokenFile }
    const sidecar = new Sidecar({ name: 'pod-2', source: new SpokenSource(), tcp })
    await t.rejects(sidecar.start(), { code: 'TOKEN_UNUSABLE' }, tokenFile)
  }
})

t.test(
  'an application follows over TCP as over the socket, and its death is proven there',
  async t => {
    const { sidecar, file, lines } = await startOnTcp(t)
    const env = { KEYTURN_SIDECAR_URL: sidecar.url ?? '', KEYTURN_SIDECAR_TOKEN_FILE: file }
    const application = new TestProcess(t, './application.ts', ['', 'orders-api'], env)
    t.equal((await application.until(({ is }) => is === 'swapped')).version, 1)
    await lines.until('acknowledged')
    application.child.kill('SIGKILL')
    t.match(await lines.until('client-died'), { client: /^orders-api\./ })
    t.same(sidecar.status()?.clients, [])
  },
)

t.test('only names of this machine with the right port are answered', async t => {
  const { port, token } = await startOnTcp(t)
  const status = async (host: string) => {
    const headers = { host, 'keyturn-token': await token() }
    return (await ask(port, 'GET', '/healthz', { headers })).status
  }
  for (const host of [
    `localhost:${port}`,
    `127.0.0.1:${port}`,
    `LOCALHOST:${port}`,
    `[::1]:${port}`,
  ]) {
    t.equal(await status(host), 200, host)
  }
  const others = [
    'localhost',
    `localhost:${port + 1}`,
    `rebound.example:${port}`,
    `localhost.example:${port}`,
    `127.0.0.1.nip.io:${port}`,
    `169.254.169.254:${port}`,
    `user@localhost:${port}`,
  ]
  for (const host of others) t.equal(await status(host), 403, host)
})

t.test('what relays is refused, token or not', async t => {
  const { port, token } = await startOnTcp(t)
  for (const name of ['origin', 'x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via']) {
    const headers = { 'keyturn-token': await token(), [name]: 'x' }
    const answer = await ask(port, 'GET', '/healthz', { headers })
    t.match(JSON.parse(answer.text), { status: 403, code: 'BROWSER_REFUSED' }, name)
  }
})

t.test('a port that is taken is refused with a sentence', async t => {
  const { port, directory } = await startOnTcp(t)
  const tcp = { port, tokenFile: join(directory, 'token') }
  const second = new Sidecar({ name: 'pod-2', source: new SpokenSource(), tcp })
  await t.rejects(second.start(), { code: 'SOCKET_IN_USE', message: /a port that is free/ })
})

t.test('TCP beyond loopback, or beside a socket, cannot be configured', async t => {
  const source = new SpokenSource()
  const tcp = { port: 0, tokenFile: '/run/x/token' }
  const host = '0.0.0.0' as '127.0.0.1'
  const cases = [
    { name: 'pod', source, tcp: { ...tcp, host } },
    { name: 'pod', source, tcp: { ...tcp, port: 70_000 } },
    { name: 'pod', source, tcp, socket: '/run/x/s' },
    { name: 'pod', source, socketMode: 0o1777 },
    { name: 'pod', source, health: { port: -1 } },
    { name: 'pod', source, stalenessMsMax: 0 },
  ]
  for (const options of cases) t.throws(() => new Sidecar(options), { code: 'BAD_OPTIONS' })
})
