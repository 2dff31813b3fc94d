import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { SpokenSource } from './helpers/keysets.ts'
import { ask, attachment } from './helpers/local.ts'
import { open, readAll, sendRaw } from './helpers/raw.ts'
import { startBeside } from './helpers/sidecars.ts'

const problemOf = (text: string) => JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))

t.test('the socket can be given to a group, before anybody can reach it', async t => {
  if (process.getuid?.() !== 0) {
    t.comment('only root may give a socket to any group: not tested here')
    return
  }
  const { socket } = await startBeside(t, { socketMode: 0o660, socketGroup: 4_242 })
  const { gid, mode } = await stat(socket)
  t.same({ gid, mode: mode & 0o777 }, { gid: 4_242, mode: 0o660 })
})

t.test('on the socket as well, only names of this machine are answered', async t => {
  const { socket } = await startBeside(t)
  for (const host of ['localhost', 'localhost:80', '127.0.0.1']) {
    t.equal((await ask(socket, 'GET', '/healthz', { headers: { host } })).status, 200, host)
  }
  for (const host of ['keyturn.example', 'metadata']) {
    const answer = await ask(socket, 'GET', '/healthz', { headers: { host } })
    t.match(JSON.parse(answer.text), { status: 403, code: 'HOST_REFUSED' }, host)
  }
  const none = await sendRaw({ path: socket }, 'GET /healthz HTTP/1.0\r\n\r\n')
  t.match(problemOf(none.text), { code: 'HOST_REFUSED' }, 'nor those who name none')
  const empty = 'GET /healthz HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n'
  t.match(problemOf((await sendRaw({ path: socket }, empty)).text), { code: 'HOST_REFUSED' })
})

t.test('bytes that are no request get a problem, and the connection is closed', async t => {
  const { socket } = await startBeside(t)
  const cases = [
    ['no http at all\r\n\r\n', 400, 'BAD_REQUEST'],
    ['GET /healthz HTTP/1.1\r\n\r\n', 400, null],
    [
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'GET / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
      'BAD_REQUEST',
    ],
    [
      'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: tea\r\nconnection: close\r\n\r\n',
      400,
      'BAD_REQUEST',
    ],
  ] as const
  for (const [bytes, status, code] of cases) {
    const { text } = await sendRaw({ path: socket }, bytes)
    t.match(text, new RegExp(`^HTTP/1\\.1 ${status} `), bytes.slice(0, 40))
    if (code !== null) t.match(problemOf(text), { status, code })
  }
  t.equal((await ask(socket, 'GET', '/healthz')).status, 200, 'it goes on')
})

t.test('a body that is too large is refused, announced or not', async t => {
  const { socket } = await startBeside(t)
  const body = `"${'x'.repeat(70_000)}"`
  const answer = await ask(socket, 'PUT', '/v1/clients/c-1', { body })
  t.match(JSON.parse(answer.text), { status: 413, code: 'TOO_LARGE' })
  const head =
    'PUT /v1/clients/c-1 HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
  const chunk = `11170\r\n${'x'.repeat(70_000)}\r\n0\r\n\r\n`
  const chunked = `${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`
  t.match(problemOf((await sendRaw({ path: socket }, chunked)).text), { code: 'TOO_LARGE' })
})

t.test('who sends its request too slowly is cut off', async t => {
  const { socket } = await startBeside(t)
  const slow = [
    'GET /healthz HTTP/1.1\r\nhost: localhost\r\n',
    'PUT /v1/clients/c-1 HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
  ]
  await Promise.all(
    slow.map(async start => {
      // Its time runs from the connection on, which may be a while before anybody reads.
      const begun = performance.now()
      const connection = await open({ path: socket })
      connection.write(start)
      const { text } = await readAll(connection)
      t.match(problemOf(text), { status: 408, code: 'TOO_SLOW' })
      t.ok(performance.now() - begun > 4_000, 'not at once')
    }),
  )
  t.equal((await ask(socket, 'GET', '/healthz')).status, 200)
})

t.test('nothing is ever redirected', async t => {
  const { socket } = await startBeside(t)
  for (const path of [
    '/healthz/',
    '//healthz',
    '/v1/keyset/',
    '/v1',
    '/%2e%2e/healthz',
    '/healthz/..',
  ]) {
    const { status, headers } = await ask(socket, 'GET', path)
    t.notOk((status >= 300 && status < 400) || headers['location'], path)
  }
})

t.test('a port for health and metrics shows nothing else', async t => {
  const { sidecar, lines } = await startBeside(t, { health: { port: 0, host: '127.0.0.1' } })
  await lines.until('serving')
  const port = Number(new URL(sidecar.healthUrl ?? '').port)
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const headers = { host: '10.0.0.7', 'x-forwarded-for': '10.0.0.8' }
    t.equal((await ask(port, 'GET', path, { headers })).status, 200, `${path}, from anywhere`)
  }
  const headers = { 'keyturn-client': 'c-1' }
  for (const path of ['/v1/keyset', '/v1/keyset/stream', '/openapi.json']) {
    t.equal((await ask(port, 'GET', path, { headers })).status, 404, path)
  }
  const body = attachment('c-1')
  t.equal((await ask(port, 'PUT', '/v1/clients/c-1', { body })).status, 404)
})

t.test('where the port for health is taken, the sidecar does not start half', async t => {
  const { sidecar, directory } = await startBeside(t, { health: { port: 0, host: '127.0.0.1' } })
  const port = Number(new URL(sidecar.healthUrl ?? '').port)
  const socket = join(directory, 'second.sock')
  const health = { port, host: '127.0.0.1' }
  const second = new Sidecar({ name: 'pod-2', source: new SpokenSource(), socket, health })
  await t.rejects(second.start(), { code: 'SOCKET_IN_USE' })
  await t.rejects(stat(socket), { code: 'ENOENT' })
})
