import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { keyVault } from '@keyturn/keyring'
import { clientHeader } from '@keyturn/protocol'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { systemPorts } from '../src/system-ports.ts'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { keyset, newKey } from './helpers/keysets.ts'
import { ask, attachment, usage } from './helpers/local.ts'
import { LogLines } from './helpers/log-lines.ts'
import { holdsNoKey } from './helpers/no-key.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

const everyFile = async (directory: string): Promise<string> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const texts = entries
    .filter(entry => entry.isFile())
    .map(entry => readFile(join(entry.parentPath, entry.name), 'latin1'))
  return (await Promise.all(texts)).join('\n')
}

t.test('no key is in any log, report, file, status, metric, problem or inspection', async t => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const lines = new LogLines()
  const used: string[] = []
  const seen: string[] = []
  let version = 0
  let value = ''
  const put = (text: string) => {
    version += 1
    value = text
  }
  const good = (change: object) => {
    const document = keyset({ version: version + 1, ...change })
    used.push(document.keys.primary, document.keys.secondary)
    put(JSON.stringify(document))
  }
  const source = keyVault({
    vaultUrl: 'https://v.vault.azure.net',
    secretName: 'orders',
    client: {
      getSecret: async () => ({ value, properties: { version: String(version) } }),
    },
  })
  const look = () => source.refresh('requested', AbortSignal.timeout(60_000)).catch(() => undefined)
  const socket = join(directory, 'keyturn.sock')
  const options = {
    name: 'pod-1',
    source,
    socket,
    stateDirectory: join(directory, 'state'),
    coordinator: { url: coordinator.url, token: 'member-token' },
    log: lines.log,
  }
  // Whatever the source says of a failure is written down, and not only what stands after 5 s.
  const sidecar = new Sidecar(options, { ...systemPorts(options, lines.log), sourceLookMs: 1 })
  good({ fenced: ['secondary'] })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const application = new TestProcess(t, './application.ts', [socket, 'app'])
  await application.until(({ is }) => is === 'swapped')

  t.comment('swaps, and what no keyset should be: each with keys in it')
  good({ active: 'secondary' })
  await look()
  await application.until(({ is, version: v }) => is === 'swapped' && v === 2)
  const secret = newKey()
  used.push(secret)
  const account = keyset().account.replace('orders', 'other')
  for (const text of [
    `{"keys":{"primary":"${secret}"`,
    JSON.stringify({ ...keyset({ version: 9 }), [secret]: secret, keys: { primary: secret } }),
    JSON.stringify(keyset({ version: 9, account, keys: { primary: secret, secondary: secret } })),
    JSON.stringify(keyset({ version: 1, keys: { primary: secret, secondary: secret } })),
    secret,
  ]) {
    put(text)
    await look()
    seen.push(JSON.stringify(source.status()))
  }
  await lines.until('source-failed')

  t.comment('clients that send keys where none belongs')
  for (const body of [
    attachment(secret),
    usage(1, { [secret]: secret }),
    `{"held":"${secret}"`,
    JSON.stringify({ name: secret }),
  ]) {
    for (const [method, path] of [
      ['PUT', '/v1/clients/c-1'],
      ['POST', '/v1/clients/c-1/usage'],
      ['DELETE', `/v1/clients/${encodeURIComponent(secret)}`],
    ] as const) {
      seen.push((await ask(socket, method, path, { body })).text)
    }
  }
  seen.push(JSON.stringify(sidecar.status()), inspect(sidecar, { depth: 20, showHidden: true }))
  for (const path of ['/metrics', '/openapi.json', '/readyz', '/healthz']) {
    seen.push((await ask(socket, 'GET', path)).text)
  }
  await coordinator.until(({ held }) => held?.version === 2)
  application.send('stop')
  await application.exited()
  await sidecar.stop()

  const everything = [
    ...seen,
    ...lines.raw,
    JSON.stringify(coordinator.reports),
    application.output,
    await everyFile(directory),
  ].join('\n')
  t.match(everything, /keyset-swapped/, 'there is something to search')
  t.match(everything, createHash('sha256').update(`keyturn:${used[0]}`).digest('hex').slice(0, 16))
  holdsNoKey(t, everything, used)
})

t.test('nor does one get out where a rendered file, or what it is for, fails', async t => {
  const out = await scratch(t)
  const path = (name: string): string => join(out, name)
  await mkdir(path('taken'))
  // Whoever reloads may well print what it read, and end badly.
  const printing = 'cat "$KEYTURN_FILE"; cat "$KEYTURN_FILE" >&2; exec "$@"'
  const sh = (...then: string[]) => ['/bin/sh', '-c', printing, 'sh', ...then] as const
  const format = 'env'
  const { lines, source, socket, sidecar, coordinator, directory } = await startBeside(t, {
    render: [
      { consumer: 'nowhere', path: path('absent/cosmos'), format },
      { consumer: 'taken', path: path('taken'), format: { template: '{{key}} {{standbyKey}}' } },
      { consumer: 'ends', path: path('ends'), format, onChange: { command: sh('false') } },
      {
        consumer: 'hangs',
        path: path('hangs'),
        format: 'json',
        onChange: { command: sh('sleep', '600'), timeoutMs: 200 },
      },
      { consumer: 'none', path: path('none'), format, onChange: { command: [path('absent')] } },
      {
        consumer: 'unheard',
        path: path('unheard'),
        format: 'connection-string',
        onChange: { signal: 'SIGHUP' },
        // It names no process: what stands in it is a key.
        pidFile: path('ends'),
      },
    ],
  })
  const document = fencedKeyset(2)
  const keys = [...Object.values(fencedKeyset(1).keys), newKey()]
  const [, , other = ''] = keys
  source.say({ ...document, keys: { ...document.keys, secondary: other } })
  for (const [event, consumer, reason] of [
    ['render-failed', 'nowhere', 'ENOENT'],
    ['render-failed', 'taken', 'EISDIR'],
    ['reload-failed', 'ends', 'exit code 1'],
    ['reload-failed', 'hangs', 'SIGKILL'],
    ['reload-failed', 'none', 'ENOENT'],
    ['reload-failed', 'unheard', 'Error'],
  ] as const) {
    const failed = await lines.until(event, line => line['consumer'] === consumer)
    t.equal(failed['reason'], reason, `${consumer}: a code, and nothing of what it is about`)
  }
  const seen: string[] = []
  for (const [consumer, version] of [
    ['nowhere', 2],
    ['ends', other],
    [encodeURIComponent(other), 2],
  ]) {
    const body = JSON.stringify({ version })
    const answer = await ask(socket, 'POST', `/v1/clients/rendered.${consumer}/ack`, { body })
    t.match(answer.text, /"code"/)
    seen.push(answer.text)
  }
  for (const each of ['/metrics', '/readyz', '/v1/keyset']) {
    const headers = { [clientHeader]: 'rendered.ends' }
    seen.push((await ask(socket, 'GET', each, { headers })).text)
  }
  t.comment('a template that asks for what there is not is refused, and not quoted')
  const template = `${other} {{nothing}}`
  const bad = [{ consumer: 'bad', path: path('bad'), format: { template } }]
  try {
    new Sidecar({ name: 'pod-1', source, socket, render: bad })
    t.fail('it was taken')
  } catch (error) {
    t.match(error, { code: 'BAD_OPTIONS' })
    seen.push(inspect(error, { depth: 20, showHidden: true }))
  }
  seen.push(JSON.stringify(sidecar.status()), inspect(sidecar, { depth: 20, showHidden: true }))
  const reports = JSON.stringify(coordinator.reports)
  const everything = [...seen, ...lines.raw, reports, await everyFile(directory)].join('\n')
  t.match(everything, /keyturn_render_errors_total\{consumer="ends"\} [1-9]/)
  holdsNoKey(t, everything, keys)
  t.match(await readFile(path('ends'), 'utf8'), keys[0], 'though the file itself shows it')
})
