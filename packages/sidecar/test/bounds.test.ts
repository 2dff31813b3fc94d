import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Sidecar } from '@keyturn/sidecar'
import t from 'tap'
import { boundedServer } from '../src/local/server.ts'
import { SpokenSource } from './helpers/keysets.ts'
import { ask, attachment } from './helpers/local.ts'
import { LogLines } from './helpers/log-lines.ts'
import { open, readAll, sendRaw } from './helpers/raw.ts'
import { scratch } from './helpers/scratch.ts'
import { fencedKeyset, startBeside } from './helpers/sidecars.ts'

// Thousands of attachments: long where others compute.
t.setTimeout(300_000)

t.test('connections beyond the bound are closed unheard, and those within live on', async t => {
  const path = join(await scratch(t), 's')
  let dropped = 0
  const server = boundedServer(
    (_request, response) => void response.end('here'),
    { onDrop: () => (dropped += 1), onRefused: () => undefined },
    { connectionsMax: 2 },
  )
  server.listen(path)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const [first, second] = [await open({ path }), await open({ path })]
  const request = 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'
  t.equal((await sendRaw({ path }, request)).text, '')
  t.equal(dropped, 1)
  first.write(request)
  t.match((await readAll(first)).text, /here$/)
  t.match((await sendRaw({ path }, request)).text, /here$/, 'there is room again')
  second.destroy()
})

t.test('a crowd that knocks in the same moment is let in, every one', async t => {
  const { socket } = await startBeside(t)
  // Nobody is taken in between: all wait in the queue of the system.
  const crowd = Array.from({ length: 1_000 }, () => open({ path: socket }))
  const answers = await Promise.allSettled(crowd)
  t.same([...new Set(answers.map(({ status }) => status))], ['fulfilled'])
  for (const one of answers) if (one.status === 'fulfilled') one.value.destroy()
})

t.test('a client that stops reading its stream is cut off, and lost', async t => {
  const { socket, source, lines } = await startBeside(t)
  await lines.until('serving')
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const reader = connect({ path: socket })
  t.teardown(() => reader.destroy())
  reader.on('error', () => undefined)
  await once(reader, 'connect')
  const head = 'GET /v1/keyset/stream HTTP/1.1\r\nhost: localhost\r\nkeyturn-client: c-1\r\n\r\n'
  reader.write(head)
  await once(reader, 'readable')
  const isLost = lines.until('client-lost')
  let hasVanished = false
  void isLost.then(() => {
    hasVanished = true
  })
  for (let version = 2; !hasVanished && version < 20_000; version += 1) {
    source.say(fencedKeyset(version))
    if (version % 50 === 0) await new Promise(setImmediate)
  }
  t.match(await isLost, { client: 'app.c-1' })
  const { text } = await ask(socket, 'GET', '/metrics')
  t.match(text, 'keyturn_local_dropped_total{reason="slow-reader"} 1')
})

t.test('a neighbour cannot attach without end', async t => {
  const socket = join(await scratch(t), 's')
  const { log } = new LogLines()
  const source = new SpokenSource(fencedKeyset(1))
  const sidecar = new Sidecar({ name: 'pod-1', source, socket, log })
  await sidecar.start()
  t.teardown(() => sidecar.stop())
  const attach = async (id: string) =>
    (await ask(socket, 'PUT', `/v1/clients/${id}`, { body: attachment(id) })).status
  for (let from = 0; from < 2_000; from += 50) {
    const some = Array.from({ length: 50 }, (_, index) => attach(`c-${from + index}`))
    t.same([...new Set(await Promise.all(some))], [204])
  }
  t.equal(await attach('c-2000'), 429)
  t.equal(await attach('c-7'), 204, 'who is known is known')
})

t.test('a look at the head of a stream does not take its place', async t => {
  const { socket, lines } = await startBeside(t)
  await lines.until('serving')
  await ask(socket, 'PUT', '/v1/clients/c-1', { body: attachment('c-1') })
  const headers = { 'keyturn-client': 'c-1' }
  t.equal((await ask(socket, 'HEAD', '/v1/keyset/stream', { headers })).status, 400)
})
