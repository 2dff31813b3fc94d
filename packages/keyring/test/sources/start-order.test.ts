import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { SecretClient } from '@azure/keyvault-secrets'
import { AzureSim } from '@keyturn/azure-sim'
import { chain, keyVault, Ring, type Source, sidecar } from '@keyturn/keyring'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { document, scratch } from './file-support.ts'

interface Test {
  teardown(clean: () => unknown): unknown
}

const ignore = () => undefined
const silent = { info: ignore, warn: ignore, error: ignore }

/** The vault's door: while it is shut, nobody listens there. */
class Door {
  readonly #to: number
  readonly #open = new Set<Socket>()
  #server: Server | null = null
  port = 0

  constructor(to: number) {
    this.#to = to
  }

  async open(): Promise<void> {
    const server = createServer(inner => {
      const outer = connect(this.#to, '127.0.0.1')
      for (const socket of [inner, outer]) {
        this.#open.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => this.#open.delete(socket))
      }
      inner.pipe(outer).pipe(inner)
    })
    server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    this.port = typeof address === 'object' ? (address?.port ?? 0) : 0
    this.#server = server
  }

  async shut(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#open) socket.destroy()
    await closed
  }
}

const azure = await AzureSim.start({ seed: 23 })
t.teardown(() => azure.stop())
const clientOptions = { tlsOptions: { ca: azure.ca } }
const writer = new SecretClient(azure.vaultUrl, azure.credential, {
  ...clientOptions,
  disableChallengeResourceVerification: true,
})

/** A vault behind its door, shut; a socket where nobody listens yet. */
const stage = async (t: Test, secretName: string) => {
  const directory = await scratch(t)
  const socket = join(directory, 'keyturn.sock')
  const door = new Door(Number(new URL(azure.vaultUrl).port))
  await door.open()
  await door.shut()
  t.teardown(() => door.shut())
  const url = new URL(azure.vaultUrl)
  url.port = String(door.port)
  const fromVault = () =>
    keyVault({
      vaultUrl: url.href,
      secretName,
      credential: azure.credentialOf('reader'),
      clientOptions,
      pollMs: 100,
    })
  const startSidecar = async (): Promise<Sidecar> => {
    const started = new Sidecar({ name: 'pod-1', source: fromVault(), socket, log: silent })
    await started.start()
    t.teardown(() => started.stop())
    return started
  }
  const startApplication = (source: Source): Ring => {
    const ring = new Ring({ source }).start()
    t.teardown(() => ring.stop(0))
    return ring
  }
  // Nobody answers there: probes of these keys stay on this machine.
  const endpoint = 'http://127.0.0.1:9/'
  const publish = (version: number) =>
    writer.setSecret(secretName, JSON.stringify({ ...JSON.parse(document(version)), endpoint }))
  return { door, socket, fromVault, startSidecar, startApplication, publish }
}

const statusOf = async (socketPath: string, path: string): Promise<number | undefined> => {
  const [response] = await once(request({ socketPath, path }).end(), 'response')
  response.resume()
  return response.statusCode
}

/** Waits for what no event tells; the test's own limit ends a wait in vain. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 10))
}

const parts = ['vault', 'sidecar', 'application'] as const
const orders = parts.flatMap(first =>
  parts
    .filter(second => second !== first)
    .map(second => [first, second, ...parts.filter(part => part !== first && part !== second)]),
)

for (const [index, order] of orders.entries()) {
  t.test(`it heals by itself in the order ${order.join(', ')}`, async t => {
    const { door, socket, startSidecar, startApplication, publish } = await stage(t, `o${index}`)
    await publish(1)
    let beside: Sidecar | null = null
    let ring: Ring | null = null
    for (const part of order) {
      if (part === 'vault') await door.open()
      if (part === 'sidecar') beside = await startSidecar()
      if (part === 'application') ring = startApplication(sidecar({ socket, name: 'app' }))
      // Whoever waits for another has found out that it is not there, before the next one starts.
      if (part === 'sidecar' && order.indexOf('vault') > order.indexOf('sidecar')) {
        await until(() => beside?.status()?.source.lastError !== null)
      }
      if (part === 'application' && order.indexOf('sidecar') > order.indexOf('application')) {
        await until(() => ring?.sourceStatus().lastError !== null)
        t.match(ring?.sourceStatus(), { isAttached: false, lastError: /it is a stray/ })
      }
    }
    await until(() => ring?.current?.version === 1)
    await until(() => beside?.status()?.clients[0]?.version === 1)
    t.match(ring?.sourceStatus(), { serving: 'sidecar', isAttached: true, lastError: null })
    t.match(beside?.status()?.source, { serving: 'keyVault', lastError: null })
  })
}

t.test('a secret that is published last reaches everybody who waits for it', async t => {
  const { door, socket, startSidecar, startApplication, publish } = await stage(t, 'late')
  const ring = startApplication(sidecar({ socket, name: 'app' }))
  const beside = await startSidecar()
  await door.open()
  await until(() => beside.status()?.source.lastError?.includes('HTTP 404') === true)
  t.equal(ring.current, null)
  await publish(1)
  await until(() => ring.current?.version === 1)
  t.equal(ring.sourceStatus().lastError, null)
})

t.test('what goes away and comes back is followed again, in whatever order', async t => {
  const { door, socket, startSidecar, startApplication, publish } = await stage(t, 'again')
  await publish(1)
  await door.open()
  const first = await startSidecar()
  const ring = startApplication(sidecar({ socket, name: 'app' }))
  await until(() => ring.current?.version === 1)
  await door.shut()
  await first.stop()
  await until(() => ring.sourceStatus().isAttached === false)
  await publish(2)
  const second = await startSidecar()
  await until(() => second.status()?.source.lastError !== null)
  t.equal(ring.current?.version, 1, 'the last good one stays')
  await door.open()
  await until(() => ring.current?.version === 2)
  await until(() => ring.sourceStatus().isAttached === true)
  t.equal(ring.sourceStatus().lastError, null)
})

t.test('readiness is red while the vault is away for longer than the bound', async t => {
  const { door, socket, fromVault, publish } = await stage(t, 'red')
  await publish(1)
  await door.open()
  const beside = new Sidecar({
    name: 'pod-1',
    source: fromVault(),
    socket,
    stalenessMsMax: 1_500,
    log: silent,
  })
  await beside.start()
  t.teardown(() => beside.stop())
  const untilReady = async (isReady: boolean): Promise<void> => {
    while ((await statusOf(socket, '/readyz')) !== (isReady ? 200 : 503)) {
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
  await untilReady(true)
  await door.shut()
  await untilReady(false)
  const { ageMs, lastError } = beside.status()?.source ?? {}
  t.ok((ageMs ?? 0) > 1_500, `${ageMs} ms old`)
  t.match(lastError, /could not be read \(ECONNREFUSED|could not be read \(REQUEST_SEND_ERROR/)
  t.equal(beside.status()?.held?.version, 1, 'the last good one stays')
  await door.open()
  await untilReady(true)
})

t.test('a chain asks the vault while no sidecar is there, and goes back to it', async t => {
  const { door, socket, fromVault, startSidecar, startApplication, publish } = await stage(
    t,
    'chain',
  )
  await publish(1)
  await door.open()
  const source = chain([sidecar({ socket, name: 'app' }), fromVault()], { graceMs: 100 })
  const ring = startApplication(source)
  await until(() => ring.current?.version === 1)
  await until(() => source.status().serving === 'keyVault')
  t.match(source.status(), { isAttached: false, lastError: /it is a stray/ })
  await publish(2)
  await until(() => ring.current?.version === 2)
  const beside = await startSidecar()
  await until(() => source.status().serving === 'sidecar')
  t.match(source.status(), { isAttached: true, lastError: null })
  await until(() => beside.status()?.clients[0]?.version === 2)
  await publish(3)
  await until(() => ring.current?.version === 3)
  t.equal(source.status().serving, 'sidecar')
  await beside.stop()
  await until(() => source.status().serving === 'keyVault')
  await publish(4)
  await until(() => ring.current?.version === 4)
})
