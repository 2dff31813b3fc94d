import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  backgroundClock,
  keysetToDocument,
  type LiveKeyset,
  Ring,
  type Source,
  sidecar,
} from '@keyturn/keyring'
import { type ClientUsage, clientAttachSchema, clientUsageSchema } from '@keyturn/protocol'
import t from 'tap'
import { keyset, twoKeys } from '../support.ts'

interface Test {
  teardown(clean: () => unknown): unknown
}

const keys = twoKeys()
const document = (version: number, change: Partial<LiveKeyset> = {}): string =>
  JSON.stringify(
    keysetToDocument(
      keyset(keys, {
        account:
          '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/x',
        endpoint: 'https://x.documents.azure.com/',
        version,
        ...change,
      }),
    ),
  )

/** A sidecar reduced to its wire. */
class FakeSidecar {
  readonly socket: string
  readonly calls: string[] = []
  readonly samples: ClientUsage[] = []
  readonly attachments: unknown[] = []
  knowsClients = true
  current = document(1)
  #streams = new Set<ServerResponse>()
  #waiters = new Set<() => void>()
  #server = this.#create()

  constructor(socket: string) {
    this.socket = socket
  }

  async listen(): Promise<void> {
    this.#server = this.#create()
    await new Promise<void>(resolve => this.#server.listen(this.socket, resolve))
  }

  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  push(version: number, change: Partial<LiveKeyset> = {}): void {
    this.current = document(version, change)
    for (const stream of this.#streams) this.#write(stream, version)
  }

  async until(happened: () => boolean): Promise<void> {
    while (!happened()) await new Promise<void>(resolve => this.#waiters.add(resolve))
  }

  #write(stream: ServerResponse, version: number): void {
    stream.write(`event: keyset\nid: ${version}\ndata: ${this.current}\n\n`)
  }

  #create() {
    return createServer((request, response) => {
      void this.#answer(request, response).then(() => {
        const waiters = [...this.#waiters]
        this.#waiters.clear()
        for (const wake of waiters) wake()
      })
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const route = `${request.method} ${request.url}`
    this.calls.push(route.replace(/c-[0-9a-f]+/, '{id}'))
    if (request.method === 'PUT') {
      this.attachments.push(clientAttachSchema.parse(JSON.parse(body)))
      response.writeHead(204).end()
    } else if (request.method === 'DELETE' || request.url?.endsWith('/usage')) {
      this.samples.push(clientUsageSchema.parse(JSON.parse(body)))
      response.writeHead(this.knowsClients ? 204 : 404).end()
    } else if (request.url === '/v1/keyset/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      this.#streams.add(response)
      response.on('close', () => this.#streams.delete(response))
      const { version } = JSON.parse(this.current)
      if (request.headers['last-event-id'] !== String(version)) this.#write(response, version)
      else response.flushHeaders()
    } else {
      response.end(this.current)
    }
  }
}

/** Real time, and as much more as a test lets pass. */
class AheadClock {
  aheadMs = 0
  now = () => backgroundClock.now() + this.aheadMs
  wall = () => backgroundClock.wall() + this.aheadMs
  sleep = backgroundClock.sleep
}

const stage = async (t: Test, { isListening = true } = {}) => {
  const directory = await mkdtemp(join(tmpdir(), 'kt-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const fake = new FakeSidecar(join(directory, 'keyturn.sock'))
  if (isListening) await fake.listen()
  t.teardown(() => fake.stop())
  const clock = new AheadClock()
  const source = sidecar({ socket: fake.socket, name: 'app', usageMs: 60_000, clock })
  const ring = new Ring({ source })
  t.teardown(() => ring.stop(0))
  return { directory, clock, fake, source, ring }
}

const request = { text: 'x', endpoint: 'https://x', tried: [], refreshed: true }

t.test('it attaches, takes the keyset, and says so at once', async t => {
  const { fake, ring, source } = await stage(t)
  ring.start()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  t.equal(fake.calls[0], 'PUT /v1/clients/{id}')
  t.match(fake.attachments, [{ name: 'app', pid: process.pid, presence: source.id }])
  t.match(source.status(), { kind: 'sidecar', serving: 'sidecar', ageMs: 0, lastError: null })
})

t.test('a swap is told at once, and so is the last request of a fenced key', async t => {
  const { fake, ring } = await stage(t)
  ring.start()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  const begun = ring.begin(request)
  fake.push(2, { active: 'secondary', fenced: ['primary'] })
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 2))
  const inFlight = (sample: ClientUsage | undefined) =>
    sample?.usage.find(({ fingerprint }) => fingerprint === keys.primary.fingerprint)?.inFlight
  t.equal(inFlight(fake.samples.at(-1)), 1)
  if (begun.next === 'send') ring.end(begun.fingerprint)
  await fake.until(() => inFlight(fake.samples.at(-1)) === 0)
  t.equal(fake.samples.at(-1)?.held?.version, 2)
  const sequences = fake.samples.map(({ sequence }) => sequence)
  t.same(
    sequences,
    sequences.toSorted((a, b) => a - b),
    'samples are in order',
  )
})

t.test('it may start before its sidecar', async t => {
  const { fake, ring, source } = await stage(t, { isListening: false })
  ring.start()
  while (source.status().lastError === null) await new Promise(resolve => setImmediate(resolve))
  t.match(source.status().lastError, /cannot be followed now/)
  t.equal(ring.current, null)
  await fake.listen()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
})

t.test('while the sidecar is away the keyset stays, and it attaches again by itself', async t => {
  const { fake, ring, source } = await stage(t)
  ring.start()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  await fake.stop()
  t.equal(ring.begin(request).next, 'send')
  const before = fake.samples.length
  await fake.listen()
  await fake.until(() => fake.attachments.length === 2 && fake.samples.length > before)
  t.match(fake.attachments[1], { presence: source.id }, 'under the same id')
  t.equal(ring.current?.version, 1)
})

const untilAttached = async (source: Source, isAttached: boolean): Promise<void> => {
  while (source.status().isAttached !== isAttached) await new Promise(setImmediate)
}

t.test('what is held is as old as the loss of its sidecar', async t => {
  const { clock, fake, ring, source } = await stage(t)
  ring.start()
  t.match(source.status(), { isAttached: false, ageMs: null })
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  clock.aheadMs = 3_600_000
  t.match(source.status(), { isAttached: true, ageMs: 0 }, 'an hour of silence')
  await fake.stop()
  await untilAttached(source, false)
  const { ageMs } = source.status()
  t.ok(ageMs !== null && ageMs < 60_000, `${ageMs} ms since the loss`)
  clock.aheadMs += 300_000
  t.ok((source.status().ageMs ?? 0) >= 300_000)
  await fake.listen()
  await untilAttached(source, true)
  t.match(source.status(), { ageMs: 0, lastError: null }, 'nothing new had to come')
})

t.test('it resumes from what it holds, not from what it was told', async t => {
  const { fake, ring, source } = await stage(t)
  ring.start()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  ring.offer(keyset(keys, { account: '', version: 3 }))
  fake.push(2)
  while (source.status().lastError === null) await new Promise(setImmediate)
  t.match(source.status().lastError, /version 2 was not taken: it is older/)
  await fake.stop()
  await untilAttached(source, false)
  await fake.listen()
  while (!/version 2 was not taken/.test(source.status().lastError ?? '')) {
    await new Promise(setImmediate)
  }
  t.equal(ring.current?.version, 3, 'told again, refused again')
})

t.test('a source that was stopped may be started again', async t => {
  const { fake, ring, source } = await stage(t)
  source.start(ring)
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  await source.stop()
  t.equal(fake.calls.at(-1), 'DELETE /v1/clients/{id}')
  source.start(ring)
  await fake.until(() => fake.attachments.length === 2)
  fake.push(2)
  await untilAttached(source, true)
  while (ring.current?.version !== 2) await new Promise(setImmediate)
  await source.stop()
})

t.test('a sidecar that has forgotten it is told again', async t => {
  const { fake, ring } = await stage(t)
  fake.knowsClients = false
  ring.start()
  await fake.until(() => fake.attachments.length >= 2)
  fake.knowsClients = true
  t.pass('attached again after 404')
})

t.test('a refresh asks the sidecar to look again', async t => {
  const { fake, ring } = await stage(t)
  ring.start()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  fake.current = document(2)
  t.equal(await ring.refresh('refused'), 'swapped')
  t.equal(ring.current?.version, 2)
})

t.test('it says goodbye when it stops, and its presence ends after that', async t => {
  const { directory, fake, ring, source } = await stage(t)
  ring.start()
  await fake.until(() => fake.samples.some(({ held }) => held?.version === 1))
  const presence = connect(join(directory, source.id))
  await once(presence, 'connect')
  presence.destroy()
  await ring.stop()
  t.equal(fake.calls.at(-1), 'DELETE /v1/clients/{id}')
  const gone = connect(join(directory, source.id))
  const [error] = await once(gone, 'error')
  t.equal(error.code, 'ENOENT')
})

t.test('it keeps no finished process alive', async t => {
  const { fake } = await stage(t)
  const program = `
    import { Ring, sidecar } from '@keyturn/keyring'
    const ring = new Ring({ source: sidecar({ socket: ${JSON.stringify(fake.socket)} }) }).start()
    await ring.whenKeyset(60_000)
    console.log(ring.current.version)
  `
  const child = spawn(
    process.execPath,
    ['--conditions=keyturn-source', '--input-type=module', '--eval', program],
    { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  t.equal(code, 0)
  t.equal(output.trim(), '1')
})
