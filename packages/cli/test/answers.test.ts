import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { AzureSim } from '@keyturn/azure-sim'
import t, { type Test } from 'tap'
import { keyturn } from './support/host.ts'

const secret = 'operators-own-secret'

const serve = async (t: Test, answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const asking = (t: Test) => {
  const folder = t.testdir({ token: secret })
  const env = { KEYTURN_TOKEN_FILE: join(folder, 'token') }
  return {
    folder,
    ask: (coordinator: string, command = 'status', ...more: string[]) =>
      keyturn([command, '--coordinator', coordinator, ...more], env),
  }
}

t.test(
  'what is no coordinator is told from one, in one sentence and without the token',
  async t => {
    const { ask } = asking(t)
    const asked: string[] = []
    const elsewhere = await serve(t, (request, response) => {
      asked.push(request.url ?? '')
      response.end('{}')
    })
    const answers: readonly (readonly [what: string, answer: RequestListener, about: RegExp])[] = [
      [
        'a page to log in at',
        (_, response) => response.setHeader('content-type', 'text/html').end('<html>Log in</html>'),
        /HTTP 200, text\/html/,
      ],
      [
        'a gateway that fails',
        (_, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
        /HTTP 502, text\/html/,
      ],
      ['JSON of somebody else', (_, response) => response.end('{"hello":"world"}'), /HTTP 200/],
      [
        'a redirect',
        (_, response) => response.writeHead(302, { location: `${elsewhere}/taken` }).end(),
        /HTTP 302/,
      ],
      ['half a document', (_, response) => response.end('[{"name":'), /HTTP 200/],
    ]
    for (const [what, answer, about] of answers) {
      const url = await serve(t, answer)
      for (const command of ['status', 'watch', 'fleet', 'history']) {
        const told = await ask(url, command)
        t.match(told, { code: 1, out: '', err: /^keyturn: NOT_A_COORDINATOR: [^\n]+\.\n$/ }, what)
        t.match(told.err, about, what)
        t.ok(told.err.includes(url), 'it says where')
        t.notOk(told.err.includes(secret), 'and not with what')
      }
    }
    t.same(asked, [], 'nobody else was shown the token')
  },
)

t.test('a line that breaks, and nobody at all', async t => {
  const { ask } = asking(t)
  const hangsUp = await serve(t, request => request.socket.destroy())
  t.match(await ask(hangsUp), { code: 1, err: /^keyturn: COORDINATOR_UNREACHABLE: .+\.\n$/ })
  t.match(await ask('http://127.0.0.1:1'), {
    code: 1,
    err: 'keyturn: COORDINATOR_UNREACHABLE: No coordinator answers at http://127.0.0.1:1: start it, or name it with --coordinator.\n',
  })
  t.match(await ask('https://nowhere.invalid'), { code: 1, err: /COORDINATOR_UNREACHABLE: .*\(E/ })
})

t.test('a token goes over plain HTTP to this machine only, or by somebody’s word', async t => {
  const { ask, folder } = asking(t)
  const url = 'http://nowhere.invalid:8443'
  for (const command of ['status', 'watch', 'retire', 'init', 'plan']) {
    t.match(await ask(url, command), {
      code: 2,
      out: '',
      err: 'keyturn: PLAIN_HTTP_REFUSED: Plain HTTP would show your token to the network on the way to nowhere.invalid:8443: name the coordinator by https, or who accepts that with --plain-accepted-by.\n',
    })
  }
  for (const here of ['http://localhost:1', 'http://[::1]:1', 'http://127.9.9.9:1']) {
    t.match(await ask(here), { code: 1, err: /^keyturn: COORDINATOR_UNREACHABLE: / }, here)
  }
  for (const elsewhere of ['http://localhost.example:1', 'http://0.0.0.0:1', 'http://[::2]:1']) {
    t.match(await ask(elsewhere), { code: 2, err: /PLAIN_HTTP_REFUSED/ }, elsewhere)
  }
  t.match(await ask(url, 'status', '--plain-accepted-by', 'ada'), {
    code: 1,
    err: /^keyturn: COORDINATOR_UNREACHABLE: /,
  })
  const sidecar = ['sidecar', '--name', 'one', '--directory', folder, '--coordinator', url]
  t.match(await keyturn([...sidecar, '--token-file', join(folder, 'token')]), {
    code: 2,
    out: '',
    err: /^keyturn: .*Plain HTTP would show .+ --plain-accepted-by\.\n$/,
  })
})

t.test('TLS: an authority has to be trusted, and names have to fit', async t => {
  const azure = await AzureSim.start({ seed: 1 })
  t.teardown(() => azure.stop())
  const { ask } = asking(t)
  const ca = join(t.testdir({ 'ca.pem': azure.ca, token: secret }), 'ca.pem')
  const url = new URL(azure.armEndpoint).origin
  t.match(await ask(url), { code: 1, err: /^keyturn: TLS_UNTRUSTED: .+ with --ca\.\n$/ })
  const trusted = await ask(url, 'status', '--ca', ca)
  t.match(trusted, { code: 1, err: /^keyturn: NOT_A_COORDINATOR: / }, 'it answers, and is none')
  const plain = await ask(url.replace('https:', 'http:'))
  t.match(plain, {
    code: 1,
    err: /^keyturn: (NOT_A_COORDINATOR|TLS_REFUSED|COORDINATOR_UNREACHABLE): /,
  })
  const listens = await serve(t, (_, response) => response.end('{}'))
  const secure = await ask(listens.replace('http:', 'https:'))
  t.match(secure, { code: 1, err: /^keyturn: TLS_REFUSED: .+ http or https\?\n$/ })
})
