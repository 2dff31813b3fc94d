import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemSchema } from '@keyturn/protocol'
import { Sidecar } from '@keyturn/sidecar'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { SpokenSource } from './helpers/keysets.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { LogLines } from './helpers/log-lines.ts'
import { sendRaw, type Where } from './helpers/raw.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

/** Requests in all; `KEYTURN_MALFORMED_RUNS=10000` for the long form, of about a minute. */
const runs = Number(process.env['KEYTURN_MALFORMED_RUNS'] ?? 600)
const share = Math.ceil(runs / 4)

const { primary: secret, secondary } = fencedKeyset(1).keys
const shows = (text: string): boolean => text.includes(secret) || text.includes(secondary)

/** A client that is attached and a rendered file are there to be stolen from. */
const target = async (t: Test) => {
  const path = join(await scratch(t), 'cosmos')
  const render = [{ consumer: 'billing', path, format: 'env' }] as const
  const beside = await startBeside(t, { render })
  await beside.lines.until('rendered')
  await ask(beside.socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  return beside
}

/** The same on TCP; requests that carry no token, or not all of it. */
const targetOnTcp = async (t: Test) => {
  const tokenFile = join(await scratch(t), 'token')
  const lines = new LogLines()
  const source = new SpokenSource(fencedKeyset(1))
  const tcp = { port: 0, tokenFile }
  const sidecar = new Sidecar({ name: 'pod-1', source, tcp, log: lines.log })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const token = (await readFile(tokenFile, 'utf8')).trim()
  return { port: Number(new URL(sidecar.url ?? '').port), token, lines }
}

const methods = fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE')

const paths = fc.oneof(
  fc.constantFrom(
    '/v1/clients/c-9',
    '/v1/clients/c-9/usage',
    '/v1/clients/c-1/usage',
    '/v1/clients/c-1/ack',
    '/v1/clients/rendered.billing',
    '/v1/clients/rendered.billing/usage',
    '/v1/clients/rendered.billing/ack',
    '/v1/clients/__proto__/usage',
    '/v1/clients/constructor/ack',
    '/v1/clients/%00/usage',
    '/v1/clients/%2e%2e%2fkeyset',
    '/v1/keyset',
    '/v1/keyset/stream',
    '/v1//keyset',
    '/%',
    '/v1/%zz',
    '*',
    'http://elsewhere/v1/keyset',
  ),
  fc.webPath().filter(path => path.startsWith('/')),
  fc.string({ maxLength: 60 }).map(text => `/v1/clients/${encodeURIComponent(text)}/usage`),
)

const headers = fc.record(
  {
    'keyturn-client': fc.constantFrom(
      'c-8',
      'C-1',
      'c-1,c-1',
      '../c-1',
      'rendered.billing',
      secret,
    ),
    'content-type': fc.constantFrom(
      'application/json',
      'application/json; charset=utf-7',
      'application/json; charset=x',
      'text/plain',
      'multipart/form-data',
    ),
    'content-encoding': fc.constantFrom('gzip', 'br', 'deflate', 'x'),
    'last-event-id': fc.constantFrom('0', '-1', '9'.repeat(400), secret),
    'cache-control': fc.constant('no-cache'),
    host: fc.constantFrom('localhost', 'elsewhere', '[::1]', 'localhost:x'),
    origin: fc.constant('https://elsewhere'),
    'transfer-encoding': fc.constant('chunked'),
  },
  { requiredKeys: [] },
)

const bodies = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.jsonValue({ depthSize: 'large' }).map(value => JSON.stringify(value)),
  fc.constantFrom(
    '',
    `{"primary":"${secret}"`,
    JSON.stringify({ [secret]: secret }),
    JSON.stringify({ name: secret, pid: secret, presence: secret }),
    '{"version":1e999}',
    '{"__proto__":{"version":1}}',
    `${'['.repeat(20_000)}`,
    usage(1, { usage: [{ fingerprint: secret, inFlight: 0, total: 0, idleMs: null }] }),
    usage(Number.MAX_SAFE_INTEGER + 1),
    attachment(`../${secret}`.slice(0, 60)),
  ),
)

/** The same request with a few bytes torn out, doubled, or exchanged. */
const torn = (requests: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...requests),
      fc.array(
        fc.record({
          at: fc.nat(400),
          cut: fc.nat(6),
          put: fc.string({ unit: 'binary', maxLength: 6 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    )
    .map(([request, cuts]) =>
      cuts.reduce((text, { at, cut, put }) => {
        const where = at % text.length
        return text.slice(0, where) + put + text.slice(where + cut)
      }, request),
    )

const withBody = (head: string, body: string): string =>
  `${head} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`

const requests = [
  'GET /v1/keyset HTTP/1.1\r\nhost: localhost\r\nkeyturn-client: c-8\r\n\r\n',
  'GET /v1/keyset/stream HTTP/1.1\r\nhost: localhost\r\nkeyturn-client: c-8\r\n\r\n',
  withBody('POST /v1/clients/c-1/usage', usage(1)),
  withBody('POST /v1/clients/rendered.billing/ack', `{"version":"${secret}"}`),
  withBody('DELETE /v1/clients/c-8', usage(2)),
  'POST /v1/clients/c-1/usage HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n0\r\n\r\n',
]

/** Nothing but requests that went wrong by the sender's fault, and no key. */
const isHarmless = ({ text }: { readonly text: string }): boolean =>
  !shows(text) &&
  [...text.matchAll(/^HTTP\/1\.1 (\d)\d\d/gm)].every(([, kind]) => kind === '2' || kind === '4')

t.test('malformed requests get a problem that shows nothing, and never a 5xx', async t => {
  const { socket, lines } = await target(t)
  await fc.assert(
    fc.asyncProperty(methods, paths, headers, bodies, async (method, path, head, body) => {
      const chunked = 'transfer-encoding' in head
      // With its own length a body goes whole; chunked, the framing is the parser's business.
      const asked = chunked ? { headers: head } : { headers: head, body }
      const answer = await ask(socket, method, path, asked)
      if (shows(answer.text) || shows(JSON.stringify(answer.headers))) return false
      if (answer.status < 400) return answer.status < 300
      return answer.status < 500 && problemSchema.safeParse(JSON.parse(answer.text)).success
    }),
    { numRuns: share },
  )
  t.equal((await ask(socket, 'GET', '/readyz')).status, 200, 'and it goes on')
  t.notOk(lines.raw.some(shows), 'nor is a key in any line of the log')
  t.notOk(lines.lines.some(({ event }) => event === 'request-failed'))
})

t.test('torn bytes on the socket crash nothing and show nothing', async t => {
  const { socket, lines } = await target(t)
  const where: Where = { path: socket }
  await fc.assert(
    fc.asyncProperty(torn(requests), async bytes =>
      isHarmless(await sendRaw(where, Buffer.from(bytes, 'latin1'))),
    ),
    { numRuns: share },
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes =>
      isHarmless(await sendRaw(where, Buffer.from(bytes))),
    ),
    { numRuns: share },
  )
  t.equal((await ask(socket, 'GET', '/readyz')).status, 200)
  t.notOk(lines.raw.some(shows))
})

t.test('on TCP, nothing without the whole token is ever let in', async t => {
  const { port, token, lines } = await targetOnTcp(t)
  const near = fc.oneof(
    fc.constantFrom('', token.slice(1), `${token}x`, `Bearer ${token}`, token.toUpperCase()),
    fc.string({ unit: 'grapheme-ascii', maxLength: 50 }),
  )
  await fc.assert(
    fc.asyncProperty(near, methods, paths, async (presented, method, path) => {
      const answer = await ask(port, method, path, { headers: { 'keyturn-token': presented } })
      return answer.status >= 400 && answer.status < 500 && !answer.text.includes(token)
    }),
    { numRuns: share },
  )
  t.notOk(lines.raw.some(line => line.includes(token)))
})
