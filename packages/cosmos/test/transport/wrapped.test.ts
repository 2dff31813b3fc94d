import { Agent as HttpAgent } from 'node:http'
import { Agent } from 'node:https'
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import { AzureSim } from '@keyturn/azure-sim'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import t from 'tap'
import { Account, newKey } from '../support/account.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap) => {
  const account = await Account.start(a, b)
  account.know(a)
  account.put({ id: '1', pk: 'p' })
  t.teardown(() => account.stop())
  return account
}

t.test('a caller’s own HTTP client is used for every attempt, and fails over too', async t => {
  const account = await setUp(t)
  const inner = createDefaultHttpClient()
  const urls: string[] = []
  const httpClient: HttpClient = {
    sendRequest(request) {
      urls.push(request.url)
      return inner.sendRequest(request)
    },
  }
  await using client = new ResilientCosmosClient({
    endpoint: account.endpoint,
    keys: { primary: a, secondary: b },
    httpClient,
  })
  account.keys.delete(a)
  await client.database('d').container('c').item('1', 'p').read()
  t.equal(urls.length, account.seen.length)
  t.same(account.seen.map(({ status }) => status).sort(), [200, 200, 401])
})

t.test('a caller’s own agent goes with every request of their own HTTP client', async t => {
  const account = await setUp(t)
  const inner = createDefaultHttpClient()
  const agent = new HttpAgent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const through: [path: string, isOurs: boolean][] = []
  const httpClient: HttpClient = {
    sendRequest(request) {
      through.push([new URL(request.url).pathname, request.agent === agent])
      // The SDK leaves this out where it is given an agent.
      request.allowInsecureConnection = true
      return inner.sendRequest(request)
    },
  }
  await using client = new ResilientCosmosClient({
    endpoint: account.endpoint,
    keys: { primary: a, secondary: b },
    connectionPolicy: { enableEndpointDiscovery: false },
    httpClient,
    agent,
  })
  account.keys.delete(a)
  const proven = new Promise<void>(resolve => client.keys.on('refused', () => resolve()))
  await client.database('d').container('c').item('1', 'p').read()
  await proven
  t.ok(
    through.some(([path]) => path === '/'),
    'the account read that proves the refusal among them',
  )
  t.ok(through.every(([, isOurs]) => isOurs))
})

t.test('a caller’s own agent makes every connection, no more than it allows', async t => {
  const sim = await AzureSim.start({ seed: 23 })
  t.teardown(() => sim.stop())
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ca: sim.ca })
  t.teardown(() => agent.destroy())
  let made = 0
  agent.on('keylog', () => {
    made += 1
  })
  const [primary, secondary] = [
    sim.account.shown('primary').key.value,
    sim.account.shown('secondary').key.value,
  ]
  const keys = { primary, secondary }
  await using client = new ResilientCosmosClient({ endpoint: sim.endpoint, keys, agent })
  await Promise.all(Array.from({ length: 8 }, () => client.getDatabaseAccount()))
  t.ok(made > 0, 'its connections shook hands')
  const open = [...Object.values(agent.sockets), ...Object.values(agent.freeSockets)].flat()
  t.ok(open.length <= 2, `${open.length} connections are open`)
})
