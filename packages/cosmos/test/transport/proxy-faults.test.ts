import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createPipelineRequest } from '@azure/core-rest-pipeline'
import t from 'tap'
import { undiciTransport } from '../../src/transport/undici.ts'

const names = ['HTTPS_PROXY', 'NO_PROXY', 'https_proxy', 'no_proxy'] as const
type Tap = { teardown(handler: () => unknown): void }

/** A client behind a proxy that does this to whoever asks it for the nth tunnel. */
const behind = async (t: Tap, asked: (client: Socket, nth: number) => void) => {
  let tunnels = 0
  const sockets: Socket[] = []
  const proxy = createServer(client => {
    sockets.push(client)
    client.on('error', () => {})
    client.once('data', () => {
      tunnels += 1
      asked(client, tunnels)
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const before = names.map(name => [name, process.env[name]] as const)
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  for (const name of names) delete process.env[name]
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const transport = undiciTransport({})
  return { transport, tunnels: () => tunnels }
}

const get = (abortSignal?: AbortSignal) =>
  createPipelineRequest({ url: 'https://account.invalid/', ...(abortSignal && { abortSignal }) })

t.test('a proxy that refuses the tunnel is no abort', async t => {
  const { transport } = await behind(t, client =>
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n'),
  )
  const refused = { name: 'RestError', code: 'ECONNREFUSED', message: /Proxy response \(407\)/ }
  await t.rejects(transport.send(get(), null), refused)
  await transport.close()
})

t.test('a proxy that hangs up is asked once, and it is the ECONNRESET of the system', async t => {
  const cancel = new AbortController()
  const { transport, tunnels } = await behind(t, (client, nth) => {
    client.destroy()
    if (nth > 1) cancel.abort()
  })
  const sending = transport.send(get(cancel.signal), null)
  await t.rejects(sending, { name: 'RestError', code: 'ECONNRESET' })
  t.equal(tunnels(), 1)
  await transport.close()
})

t.test('nobody waits any longer for a tunnel that was given up', async t => {
  const cancel = new AbortController()
  const hungUp = Promise.withResolvers<void>()
  const { transport } = await behind(t, client => {
    client.once('close', () => hungUp.resolve())
    cancel.abort()
  })
  await t.rejects(transport.send(get(cancel.signal), null), { name: 'AbortError' })
  await hungUp.promise
  await transport.close()
})
