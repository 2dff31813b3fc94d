import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { entries } from '../src/catalogue.ts'
import { faultOf } from './support/commands.ts'
import { keyturn, type Told } from './support/host.ts'

const oneSentence = /^keyturn: [^\n]+\.\n$/

const commands = entries.map(({ name }) => name)

/** Told in one sentence on standard error, and nothing else anywhere. */
const refused = (t: Test, told: Told, code: number, about: RegExp): void => {
  t.equal(told.code, code)
  t.match(told.err, oneSentence)
  t.match(told.err, about)
  t.equal(told.out, '')
}

const coordinatorConfig = (dataDirectory: string, port: number) => ({
  dataDirectory,
  listen: { port },
  accounts: [
    {
      name: 'orders',
      account:
        '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg/providers/Microsoft.DocumentDB/databaseAccounts/orders',
      endpoint: 'https://localhost:1/',
      armEndpoint: 'https://localhost:1',
      vault: { url: 'https://localhost:1', secret: 'keys' },
      policy: {
        fleet: { is: 'members', names: ['one'] },
        evidence: { is: 'none', acceptedBy: 'me', reason: 'a test' },
      },
    },
  ],
})

t.test('bad input gets one sentence and exit code 2', async t => {
  const folder = t.testdir({
    empty: '\n',
    two: 'first\nsecond',
    'broken.json': '{ "accounts": [',
    'wrong.json': '{ "accounts": [], "dataDirectory": "/tmp/x" }',
    'unknown.json': JSON.stringify({ ...coordinatorConfig('/tmp/x', 0), dataDirectori: '/tmp' }),
    'deep.json': JSON.stringify({ ...coordinatorConfig('/tmp/x', 0), listen: { prot: 1 } }),
    'weather.json': '{ "regeneration": { "durationMs": "long" } }',
    token: 'secret',
  })
  const file = (name: string) => join(folder, name)
  const mounted = ['sidecar', '--name', 'one', '--directory', folder]
  const cases: readonly (readonly [what: string, argv: readonly string[], about: RegExp])[] = [
    ['an unknown command', ['turn'], /turn/],
    ['an unknown option', ['demo', '--fast'], /--fast/],
    ['an unknown option of a verb', ['rotate', '--reason', 'due', '--now'], /--now/],
    ['a seed that is no number', ['demo', '--seed', 'one'], /seed.*whole number/],
    ['a seed below 0', ['demo', '--seed=-1'], /seed/],
    ['a seed beyond what is exact', ['azure-sim', '--seed', '9007199254740993'], /seed/],
    ['a missing option', ['coordinator'], /--config/],
    ['a missing argument', ['evict', '--reason', 'dead'], /member/],
    ['a missing reason', ['rotate', '--token-file', file('token')], /--reason/],
    ['an empty reason', ['pause', '--token-file', file('token'), '--reason', ''], /say why/],
    [
      'a key in a reason',
      ['abort', '--token-file', file('token'), '--reason', 'k'.repeat(86)],
      /looks like a key/,
    ],
    [
      'a blocker that is none',
      ['waive', 'NOT_FENCE', '--token-file', file('token'), '--reason', 'x'],
      /NOT_FENCE is no blocker's code \(did you mean NOT_FENCED\?\)\.$/m,
    ],
    [
      'a blocker that is none at all',
      ['waive', 'NONSENSE', '--token-file', file('token'), '--reason', 'x'],
      /NONSENSE is no blocker's code: keyturn status shows those that are waited for\.$/m,
    ],
    ['a date that is none', ['history', '--since', 'yesterday'], /Give a date/],
    [
      'no configuration',
      ['coordinator', '--config', file('none.json')],
      /none\.json.*no such file/,
    ],
    ['a configuration that is a folder', ['coordinator', '--config', folder], /cannot be read/],
    [
      'one that is not JSON',
      ['coordinator', '--config', file('broken.json')],
      /broken\.json.*not JSON/,
    ],
    ['one without accounts', ['coordinator', '--config', file('wrong.json')], /wrong at accounts/],
    [
      'one with unknown words',
      ['coordinator', '--config', file('unknown.json')],
      /unknown\.json.*dataDirectori.*\(did you mean dataDirectory\?\)/,
    ],
    [
      'one with unknown words deep in it',
      ['coordinator', '--config', file('deep.json')],
      /at listen: .*prot.*\(did you mean port\?\)/,
    ],
    ['weather that is none', ['azure-sim', '--options', file('weather.json')], /durationMs/],
    ['a missing token file', ['status', '--token-file', file('none')], /token file.*no such file/],
    ['an empty token file', ['status', '--token-file', file('empty')], /holds no token/],
    ['two tokens in a file', ['status', '--token-file', file('two')], /holds no token/],
    ['no token file', ['history'], /--token-file/],
    ['a span that is none', ['watch', '--timeout', 'soon'], /90s, 30m/],
    ['a date that is none', ['history', '--since', '2026-13-77'], /Give a date/],
    [
      'a certificate without its key',
      ['status', '--token-file', file('token'), '--cert', file('weather.json')],
      /--cert-key/,
    ],
    [
      'an authority that is none',
      ['status', '--token-file', file('token'), '--ca', file('token')],
      /no PEM/,
    ],
    [
      'a URL that is none',
      ['status', '--coordinator', 'here', '--token-file', file('token')],
      /here/,
    ],
    [
      'a sidecar with unknown words',
      ['sidecar', '--config', file('unknown.json')],
      /unknown\.json/,
    ],
    ['a sidecar without a source', ['sidecar', '--name', 'one'], /--vault.*--directory/],
    [
      'a vault that is no URL',
      ['sidecar', '--name', 'one', '--vault', 'mine', '--secret', 'keys'],
      /: BAD_OPTIONS: --vault is wrong: must be a URL/,
    ],
    [
      'a time that is none',
      ['sidecar', '--name', 'one', '--directory', folder, '--hold-ms', '1s'],
      /milliseconds/,
    ],
    [
      'a socket with too long a path',
      [...mounted, '--state', file('state'), '--socket', file('none/k.sock')],
      /: SOCKET_UNUSABLE: .*none\/k\.sock/,
    ],
    ['state in a file', [...mounted, '--state', file('token')], /token/],
    ['a demo kept in a file', ['demo', '--keep', file('token')], /token/],
    [
      'a certificate in no folder',
      ['azure-sim', '--ca-file', file('nowhere/ca.pem')],
      /nowhere\/ca\.pem/,
    ],
    [
      'a sidecar that may not report',
      ['sidecar', '--name', 'one', '--directory', folder, '--coordinator', 'http://127.0.0.1:1'],
      /--token-file/,
    ],
  ]
  for (const [what, argv, about] of cases) {
    await t.test(what, async t => refused(t, await keyturn(argv), 2, about))
  }
})

t.test('a port in use is bad input', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const folder = t.testdir({
    'coordinator.json': JSON.stringify(coordinatorConfig(join(t.testdirName, 'data'), port)),
    'azure.json': JSON.stringify({ ports: { vault: port } }),
  })
  await t.test('of a coordinator', async t => {
    const told = await keyturn(['coordinator', '--config', join(folder, 'coordinator.json')])
    refused(t, told, 2, new RegExp(`127\\.0\\.0\\.1:${port}.*in use`))
  })
  await t.test('of an Azure', async t => {
    const told = await keyturn(['azure-sim', '--options', join(folder, 'azure.json')])
    refused(t, told, 2, new RegExp(`: SIM_PORT_IN_USE: .*${port}`))
  })
})

t.test('what fails while it runs gets one sentence and exit code 1', async t => {
  const folder = t.testdir({ token: 'secret' })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  const url = `http://127.0.0.1:${port}`
  const ask = ['--coordinator', url, '--token-file', join(folder, 'token')]
  for (const argv of [['status'], ['history'], ['init'], ['rotate', '--reason', 'now']]) {
    const told = await keyturn([...argv, ...ask])
    refused(t, told, 1, new RegExp(`No coordinator answers at ${url}`))
  }
})

/** Each line behind "Example:" that calls the command, a line continued as one. */
const examplesOf = (help: string): readonly string[] =>
  (help.split('\nExample:\n')[1] ?? '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(line => /^ {2}([A-Z_]+=\S+ )*keyturn /.test(line))

t.test('every command explains itself with examples that it would take', async t => {
  const all = await keyturn(['--help'])
  t.equal(all.code, 0)
  for (const name of commands) {
    t.match(all.out, new RegExp(`^  ${name} `, 'm'), `keyturn --help names ${name}`)
    const { code, out, err } = await keyturn([name, '--help'])
    t.equal(code, 0)
    t.equal(err, '')
    t.match(out, /\nExample:\n {2}(keyturn|npm start -- )/, name)
    for (const example of examplesOf(out)) t.equal(await faultOf(example), null, example)
  }
  const listed = [...all.out.matchAll(/^ {2}([a-z][a-z-]+) +\S/gm)]
  t.same(
    listed.map(([, name]) => name),
    commands,
  )
})

t.test('help is a word as well as an option', async t => {
  t.equal((await keyturn(['help'])).out, (await keyturn(['--help'])).out)
  t.equal((await keyturn(['help', 'rotate'])).out, (await keyturn(['rotate', '--help'])).out)
})

t.test('every command that answers does so in JSON as well', async t => {
  for (const name of commands.filter(each => each !== 'completion')) {
    t.match((await keyturn([name, '--help'])).out, /^ {2}--json /m, name)
  }
})

t.test('without a command all are listed, and that is bad input', async t => {
  const { code, out, err } = await keyturn([])
  t.equal(code, 2)
  for (const name of commands) t.match(out + err, name)
})
