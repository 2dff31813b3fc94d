import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { Authority, type Issued } from '@keyturn/testkit/identity'
import t, { type Test } from 'tap'
import { CoordinatorClient } from '../src/report/coordinator-client.ts'
import type { CoordinatorSettings } from '../src/report/coordinator-settings.ts'
import { anyReport } from './helpers/report.ts'
import { scratch } from './helpers/scratch.ts'

/** A coordinator that takes every report over TLS, and keeps who it was that sent it. */
const start = async (t: Test) => {
  const [servers, clients] = [await Authority.make('servers'), await Authority.make('clients')]
  const { cert, key } = await servers.issue({ commonName: 'coordinator' })
  const seen: { readonly name: string | null; readonly authorization: string | undefined }[] = []
  const asked = { requestCert: true, rejectUnauthorized: true, ca: clients.ca }
  const server = createServer({ cert, key, ...asked }, (request, response) => {
    const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject
    seen.push({ name: String(CN), authorization: request.headers.authorization })
    response.end(JSON.stringify({ floor: 0, announced: null }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const folder = await scratch(t)
  const at = (name: string) => join(folder, name)
  writeFileSync(at('ca.crt'), servers.ca)
  const write = (issued: Issued) => {
    writeFileSync(at('tls.crt'), issued.cert)
    writeFileSync(at('tls.key'), issued.key)
  }
  const clientOf = (more: Partial<CoordinatorSettings> = {}) => {
    const client = new CoordinatorClient(
      {
        url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
        caFile: at('ca.crt'),
        certificate: { certFile: at('tls.crt'), keyFile: at('tls.key') },
        ...more,
      },
      'pod-1',
    )
    t.teardown(() => client.close())
    return () => client.report(anyReport, AbortSignal.timeout(60_000))
  }
  return { servers, clients, seen, at, write, clientOf }
}

t.test('a certificate is presented, and the next one once it stands in the files', async t => {
  const { clients, seen, at, write, clientOf } = await start(t)
  const send = clientOf()
  await t.rejects(send(), { code: 'IDENTITY_UNREADABLE', message: /tls\.crt.*ENOENT/ })
  write(await clients.issue({ commonName: 'first' }))
  await send()
  await send()
  const second = await clients.issue({ commonName: 'second' })
  writeFileSync(at('tls.crt'), second.cert)
  await send()
  writeFileSync(at('tls.key'), second.key)
  await send()
  rmSync(at('tls.key'))
  await send()
  t.same(
    seen.map(({ name }) => name),
    ['first', 'first', 'first', 'second', 'second'],
    'halves are not taken, and what is gone for a moment goes on',
  )
})

t.test('a token is read from its file before each report', async t => {
  const { clients, seen, at, write, clientOf } = await start(t)
  write(await clients.issue({ commonName: 'pod-1' }))
  const send = clientOf({ tokenFile: at('token') })
  await t.rejects(send(), { code: 'IDENTITY_UNREADABLE' })
  for (const token of ['one\n', 'two']) {
    writeFileSync(at('token'), token)
    await send()
  }
  t.same(
    seen.map(({ authorization }) => authorization),
    ['Bearer one', 'Bearer two'],
  )
})

t.test('a coordinator that another authority vouches for is told nothing', async t => {
  const { clients, seen, at, write, clientOf } = await start(t)
  write(await clients.issue({ commonName: 'pod-1' }))
  const other = await Authority.make('others')
  writeFileSync(at('ca.crt'), other.ca)
  const send = clientOf()
  await t.rejects(send())
  t.same(seen, [])
})
