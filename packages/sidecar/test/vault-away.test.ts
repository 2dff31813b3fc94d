import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { restartablePort } from '../../../test/support/process/ports.ts'
import { FakeCoordinator } from './helpers/fake-coordinator.ts'
import { newKey } from './helpers/keysets.ts'
import { ask } from './helpers/local.ts'
import { TestProcess } from './helpers/process.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset } from './helpers/sidecars.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** A vault that goes and comes back on the same port, and says what the test puts into it. */
class Vault {
  text = JSON.stringify(fencedKeyset(1))
  etag = 1
  #port = 0
  #server: Server | null = null

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  put(text: string): void {
    this.text = text
    this.etag += 1
  }

  async open(): Promise<void> {
    this.#server = createServer((_request, response) => {
      response.writeHead(200, { etag: String(this.etag) }).end(this.text)
    })
    this.#port ||= await restartablePort()
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async shut(): Promise<void> {
    const closed = new Promise(resolve => this.#server?.close(resolve))
    this.#server?.closeAllConnections()
    await closed
  }
}

const stage = async (t: Test) => {
  const directory = await scratch(t)
  const coordinator = await FakeCoordinator.start()
  t.teardown(() => coordinator.stop())
  const vault = new Vault()
  await vault.open()
  t.teardown(() => vault.shut())
  const socket = join(directory, 'keyturn.sock')
  const args = [socket, join(directory, 'state'), vault.url, coordinator.url]
  const sidecar = new TestProcess(t, './hourglass.ts', args)
  await sidecar.until(({ is }) => is === 'listening')
  const application = new TestProcess(t, './application.ts', [socket, 'orders-api'])
  /** @returns how often the vault was asked meanwhile. */
  const act = async (command: string): Promise<number> => {
    const before = sidecar.messages.length
    sidecar.send(command)
    const done = await sidecar.until(
      message => message.is === command && sidecar.messages.indexOf(message) >= before,
    )
    return done.version ?? 0
  }
  const pass = (ms: number) => act(`pass ${ms}`)
  // Its pauses between reports are virtual too: it joins as time passes.
  while (!application.messages.some(({ is }) => is === 'swapped')) await pass(10)
  /** Its reports need time to pass, too; how long its client takes to answer is nobody's to say. */
  const acknowledges = async (version: number): Promise<void> => {
    let isHeard = false
    const heard = coordinator.until(({ acknowledged }) => acknowledged?.version === version)
    void heard.then(() => {
      isHeard = true
    })
    while (!isHeard) await pass(10)
  }
  const ready = async () => (await ask(socket, 'GET', '/readyz')).status
  const events = (name: string) => sidecar.output.split(`"event":"${name}"`).length - 1
  return { vault, sidecar, application, socket, act, pass, acknowledges, ready, events }
}

const signs = async (application: TestProcess): Promise<void> => {
  const before = application.messages.length
  application.send('begin')
  const begun = await application.until(
    message => message.is === 'begun' && application.messages.indexOf(message) >= before,
  )
  t.equal(begun.next, 'send')
  application.send('end')
}

t.test('a vault that is away for an hour is missed by nobody, and followed again', async t => {
  const { vault, application, socket, pass, acknowledges, ready, events } = await stage(t)
  const asked = await pass(minuteMs)
  t.equal(await ready(), 200)
  await vault.shut()
  await pass(14 * minuteMs)
  t.equal(await ready(), 200, 'for a quarter of an hour nobody needs to know')
  await pass(2 * minuteMs)
  t.equal(await ready(), 503, 'then it is not ready, and serves on')
  const tries = (await pass(44 * minuteMs)) - asked
  t.ok(tries > 30 && tries < 150, `${tries} tries in an hour`)
  t.equal(events('source-failed'), 1, 'told once, and not at every try')
  await signs(application)
  const late = new TestProcess(t, './application.ts', [socket, 'late'])
  t.equal((await late.until(({ is }) => is === 'swapped')).version, 1)

  vault.put(JSON.stringify(fencedKeyset(2)))
  await vault.open()
  await pass(minuteMs)
  for (const one of [application, late]) {
    await one.until(({ is, version }) => is === 'swapped' && version === 2)
  }
  t.equal(await ready(), 200)
  t.equal(events('source-recovered'), 1)
  await acknowledges(2)
})

t.test('a vault that answers garbage changes nothing, and is told by its kind', async t => {
  const { vault, sidecar, application, pass, ready, events } = await stage(t)
  const secret = newKey()
  const garbage = [
    '',
    '<html>Sign in</html>',
    '{"schema":"keyturn/v1"',
    JSON.stringify({ ...fencedKeyset(9), keys: { primary: secret, secondary: 'short' } }),
    JSON.stringify({ ...fencedKeyset(9), active: 'tertiary' }),
    JSON.stringify({ ...fencedKeyset(9), account: fencedKeyset(9).account.replace('o', 'x') }),
    secret,
    '\u0000'.repeat(100_000),
  ]
  for (const text of garbage) {
    vault.put(text)
    await pass(2 * minuteMs)
    await signs(application)
  }
  t.ok(events('source-failed') >= 1)
  t.equal(application.messages.filter(({ is }) => is === 'swapped').length, 1)
  await pass(15 * minuteMs)
  t.equal(await ready(), 503)
  vault.put(JSON.stringify(fencedKeyset(2)))
  await pass(2 * minuteMs)
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  t.equal(await ready(), 200)
  t.notOk(`${sidecar.output}${application.output}`.includes(secret.slice(0, 20)))
})

t.test('a wall clock that jumps by days moves nothing', async t => {
  const { vault, application, act, pass, acknowledges, ready, events } = await stage(t)
  const asked = await pass(minuteMs)
  for (const ms of [dayMs, -2 * dayMs, 365 * dayMs, -365 * dayMs]) {
    await act(`jump ${ms}`)
    await pass(1_000)
    t.equal(await ready(), 200)
    await signs(application)
  }
  t.ok((await pass(minuteMs)) - asked < 10, 'no poll more than the minutes ask for')
  vault.put(JSON.stringify(fencedKeyset(2)))
  await pass(minuteMs)
  await application.until(({ is, version }) => is === 'swapped' && version === 2)
  await acknowledges(2)
  t.equal(events('client-lost') + events('source-failed'), 0)
})
