import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { makeTlsIdentity } from '../../src/tls/identity.ts'
import { listen } from '../../src/tls/server.ts'

const sim = await AzureSim.start()
t.teardown(() => sim.stop())
const port = Number(new URL(sim.armEndpoint).port)

const handshake = (host: string, options: object) =>
  new Promise<string>((resolve, reject) => {
    const socket = connectTls({ host, port, ...options }, () => {
      resolve(socket.getProtocol() ?? '')
      socket.destroy()
    })
    socket.on('error', reject)
  })

t.test(
  'localhost and 127.0.0.1 are served with a certificate that its authority vouches for',
  async t => {
    for (const host of ['localhost', '127.0.0.1']) {
      t.equal(await handshake(host, { ca: sim.ca }), 'TLSv1.3', host)
    }
  },
)

t.test('::1 is served too, where the machine has it', async t => {
  const has = Object.values(networkInterfaces()).some(list =>
    list?.some(({ address }) => address === '::1'),
  )
  if (!has) return t.comment('this machine has no ::1')
  t.equal(await handshake('::1', { ca: sim.ca }), 'TLSv1.3')
})

t.test('nobody else is trusted, and nobody trusts it unasked', async t => {
  await t.rejects(handshake('localhost', {}), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  const other = await makeTlsIdentity(Date.now())
  await t.rejects(handshake('localhost', { ca: other.ca }))
  await t.rejects(handshake('localhost', { ca: sim.ca, servername: 'example.org' }), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
})

t.test('the authority may sign certificates only, the leaf may not', async t => {
  const { ca, cert } = await makeTlsIdentity(Date.now())
  const [authority, leaf] = [new X509Certificate(ca), new X509Certificate(cert)]
  t.equal(authority.ca, true)
  t.equal(leaf.ca, false)
  t.ok(leaf.checkIssued(authority) && leaf.verify(authority.publicKey))
  t.ok(authority.verify(authority.publicKey))
  t.same(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  t.not(authority.serialNumber, leaf.serialNumber)
})

t.test('a certificate outlives 2050 in its dates', async t => {
  const { cert } = await makeTlsIdentity(Date.UTC(2060, 0, 1))
  t.match(new X509Certificate(cert).validTo, /2060/)
})

t.test('only loopback is listened on', async t => {
  const others = Object.values(networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(({ internal }) => !internal)
  for (const { address } of others.filter(({ family }) => family === 'IPv4')) {
    const refused = new Promise((_, reject) => {
      connect({ host: address, port })
        .on('error', reject)
        .on('connect', () => reject(new Error('open')))
    })
    await t.rejects(refused, { code: 'ECONNREFUSED' })
  }
})

t.test('a stop closes connections that never sent a request', async t => {
  const identity = await makeTlsIdentity(Date.now())
  const server = await listen(identity, 0, (_, res) => void res.end('hello'))
  const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: identity.ca })
  const silent = connect({ host: '127.0.0.1', port: server.port })
  await once(socket, 'secureConnect')
  if (silent.connecting) await once(silent, 'connect')
  const closed = Promise.all([once(socket.resume(), 'close'), once(silent.resume(), 'close')])
  silent.on('error', () => {})
  await server.stop()
  t.equal((await closed).length, 2)
})
