import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { accountStatusSchema } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { ask, configFor, startAzure, startCoordinator, until } from './support.ts'

/** Takes every connection, and never says a word. */
const openSilence = async (t: Test): Promise<{ url: string; end: () => void }> => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => sockets.add(socket.on('error', () => undefined)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const end = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  t.teardown(end)
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, end }
}

t.test('an account that fails, and one that hears nothing, hold up no other', async t => {
  const azure = await startAzure(t)
  const config = configFor(t, azure)
  const [orders] = config.accounts
  if (!orders) return t.fail('no account')
  const nobody = { is: 'none', acceptedBy: 'the test', reason: 'nobody is there' } as const
  const policy = { ...orders.policy, fleet: nobody }
  const other = (name: string, armEndpoint: string) => ({
    ...{ ...orders, name, armEndpoint, policy },
    account: orders.account.replace(/[^/]+$/, name),
    vault: { ...orders.vault, secret: name },
  })
  const silence = await openSilence(t)
  const accounts = [
    other('refused', 'https://127.0.0.1:1'),
    other('silent', silence.url),
    { ...orders, policy },
  ]
  const coordinator = await startCoordinator(t, azure, { ...config, accounts })
  const status = async (name: string) =>
    accountStatusSchema.parse((await ask(coordinator, 'GET', `/v1/accounts/${name}`)).body)
  const verb = (name: string, body: object) =>
    ask(coordinator, 'POST', `/v1/accounts/${name}/verbs`, body)
  const waiting = [verb('silent', { verb: 'adopt' }).catch(() => null)]
  const refused = await verb('refused', { verb: 'adopt' })
  t.match(refused.body, { code: 'ARM_UNREACHABLE', detail: /ECONNREFUSED/ }, 'and why')
  t.equal((await verb('orders', { verb: 'adopt' })).status, 200)
  await verb('orders', { verb: 'rotate', reason: 'due' })
  await until(async () => (await status('orders')).rotation?.phase === 'completed')
  t.match(await status('refused'), { installation: null, rotation: null })
  t.match(await status('silent'), { installation: null, rotation: null })
  // Whoever still waits for ARM is let go: the coordinator ends at the end of its turns.
  silence.end()
  await Promise.all(waiting)
})
