import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sidecar } from '@keyturn/keyring'
import t, { type Test } from 'tap'
import { LocalHttp } from '../../src/sources/sidecar/http.ts'
import { directoryOf, placeOf } from '../../src/sources/sidecar/place.ts'
import { presencePath } from '../../src/sources/sidecar/presence.ts'

const { signal } = new AbortController()
const healthz = { method: 'GET', path: '/healthz' } as const

const scratch = async (t: Test): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'kt-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

t.test('on TCP each request shows the token that the file holds now, and the host', async t => {
  const seen: unknown[] = []
  const server = createServer((request, response) => {
    seen.push([request.headers['keyturn-token'], request.headers.host])
    response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const tokenFile = join(await scratch(t), 'token')
  await writeFile(tokenFile, 'one\n')
  const line = new LocalHttp({ url: `http://127.0.0.1:${port}`, tokenFile })
  t.teardown(() => line.close())
  t.equal((await line.ask(healthz, signal)).status, 200)
  await writeFile(tokenFile, 'two')
  const stream = await line.open(healthz, signal)
  t.equal(stream.status, 200)
  stream.drop()
  const host = `127.0.0.1:${port}`
  t.same(seen, [
    ['one', host],
    ['two', host],
  ])
})

t.test('a redirect is not followed', async t => {
  const server = createServer((_request, response) =>
    response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const tokenFile = join(await scratch(t), 'token')
  await writeFile(tokenFile, 'one')
  const line = new LocalHttp({ url: `http://localhost:${port}`, tokenFile })
  t.teardown(() => line.close())
  t.equal((await line.ask(healthz, signal)).status, 302)
})

t.test('a token file that is not there yet is a failure like any other', async t => {
  const tokenFile = join(await scratch(t), 'token')
  const line = new LocalHttp({ url: 'http://127.0.0.1:9', tokenFile })
  await t.rejects(line.ask(healthz, signal), { code: 'ENOENT' })
})

t.test('a sidecar on another machine is no sidecar', async t => {
  for (const url of [
    'http://10.0.0.1:80',
    'https://127.0.0.1:80',
    'http://localhost.example',
    '',
  ]) {
    t.throws(() => new LocalHttp({ url, tokenFile: '/x' }), TypeError, url)
  }
})

t.test(
  'options or the environment name it, and what a caller names himself counts more',
  async t => {
    const place = (options: object, env = {}) => placeOf(options, env)
    const url = 'http://127.0.0.1:7843'
    t.equal(place({}), '/run/keyturn/keyturn.sock')
    t.equal(place({}, { KEYTURN_SOCKET: '/s' }), '/s')
    t.equal(place({ socket: '/own' }, { KEYTURN_SOCKET: '/s' }), '/own')
    const env = { KEYTURN_SIDECAR_URL: url, KEYTURN_SIDECAR_TOKEN_FILE: '/token' }
    t.same(place({}, env), { url, tokenFile: '/token' })
    t.equal(place({}, { ...env, KEYTURN_SOCKET: '/s' }), '/s')
    const own = { url: 'http://[::1]:1', tokenFile: '/mine' }
    t.same(place(own, { ...env, KEYTURN_SOCKET: '/s' }), own)
    t.throws(() => place({ url }), { message: /tokenFile.*KEYTURN_SIDECAR_TOKEN_FILE/ })
    t.throws(() => place({ url, socket: '/s' }), { message: /one of the two/ })
    t.throws(() => sidecar({ url: 'http://10.0.0.1:1', tokenFile: '/x' }), TypeError)
  },
)

t.test('a client says beside the socket or the token that it lives', async t => {
  t.equal(directoryOf('/run/keyturn/s'), '/run/keyturn')
  t.equal(
    directoryOf({ url: 'http://127.0.0.1:1', tokenFile: '/etc/keyturn/token' }),
    '/etc/keyturn',
  )
  t.equal(presencePath('/run/keyturn', 'c-1', 'linux'), '/run/keyturn/c-1')
  t.equal(presencePath('C:\\keyturn', 'c-1', 'win32'), '\\\\.\\pipe\\keyturn-c-1')
})
