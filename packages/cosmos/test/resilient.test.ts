import { Agent } from 'node:http'
import { CosmosClient } from '@azure/cosmos'
import { resilient } from '@keyturn/cosmos'
import t from 'tap'
import { Account, newKey } from './support/account.ts'

const [a, b] = [newKey(), newKey()]

t.test('the two options make somebody else’s client resilient', async t => {
  const account = await Account.start(a, b)
  account.know(a)
  account.put({ id: '1', pk: 'p' })
  t.teardown(() => account.stop())
  const engine = resilient({ primary: a, secondary: b })
  t.teardown(() => engine.close())
  const options = { endpoint: account.endpoint, ...engine }
  t.same(Object.keys(options), ['endpoint', 'tokenProvider', 'httpClient'])
  const client = new CosmosClient(options)
  t.teardown(() => client.dispose())
  account.keys.delete(a)
  const failovers: unknown[] = []
  engine.keys.on('failover', event => failovers.push(event))
  const { resource } = await client.database('d').container('c').item('1', 'p').read()
  t.match(resource, { id: '1' })
  t.ok(failovers.length > 0)
})

t.test('a request that carries another authorization goes out as it is', async t => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  const engine = resilient({ primary: a, secondary: b })
  t.teardown(() => engine.close())
  const client = new CosmosClient({
    endpoint: account.endpoint,
    key: a,
    httpClient: engine.httpClient,
  })
  t.teardown(() => client.dispose())
  await client.getDatabaseAccount()
  t.equal(account.seen.at(-1)?.key, a)
  t.equal(engine.keys.status().keys[0]?.total, 0)
})

t.test('an agent carries the requests of a client that was built without it', async t => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  let connections = 0
  class Counting extends Agent {
    override createConnection(...args: Parameters<Agent['createConnection']>) {
      connections += 1
      return super.createConnection(...args)
    }
  }
  const agent = new Counting({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const engine = resilient({ primary: a, secondary: b }, { agent })
  t.teardown(() => engine.close())
  const client = new CosmosClient({ endpoint: account.endpoint, ...engine })
  t.teardown(() => client.dispose())
  await client.getDatabaseAccount()
  t.equal(connections, 1)
})

for (const limit of ['maxSockets', 'maxTotalSockets'] as const) {
  t.test(`what an agent’s ${limit} leaves to wait is not signed before its turn`, async t => {
    const account = await Account.start(a, b)
    account.know(a)
    account.put({ id: '1', pk: 'p' })
    t.teardown(() => account.stop())
    const agent = new Agent({ keepAlive: true, [limit]: 3 })
    t.teardown(() => agent.destroy())
    const engine = resilient({ primary: a, secondary: b }, { agent })
    t.teardown(() => engine.close())
    const client = new CosmosClient({ endpoint: account.endpoint, ...engine })
    t.teardown(() => client.dispose())
    const item = client.database('d').container('c').item('1', 'p')
    await item.read()
    account.keys.delete(a)
    await Promise.all(Array.from({ length: 50 }, () => item.read()))
    const refused = account.refused(a)
    t.ok(refused > 0 && refused <= 3, `${refused} refused on 3 connections`)
  })
}

for (const maxSockets of [undefined, 1]) {
  t.test(`an agent that is not Node’s is not waited for, says it ${maxSockets}`, async t => {
    const account = await Account.start(a, b)
    account.put({ id: '1', pk: 'p' })
    t.teardown(() => account.stop())
    const inner = new Agent({ keepAlive: true })
    t.teardown(() => inner.destroy())
    // As those of older packages for proxies, which never look at their own number.
    const foreign = {
      ...{ maxSockets, defaultPort: 80, protocol: 'http:', options: {} },
      addRequest: (...all: unknown[]) =>
        Reflect.apply(Reflect.get(inner, 'addRequest'), inner, all),
    }
    const agent = foreign as unknown as Agent
    const engine = resilient({ primary: a, secondary: b }, { agent })
    t.teardown(() => engine.close())
    const client = new CosmosClient({ endpoint: account.endpoint, ...engine })
    t.teardown(() => client.dispose())
    const both = Promise.withResolvers<null>()
    let arrived = 0
    account.intercept = ({ path }) => {
      if (!path.includes('/docs/')) return null
      arrived += 1
      if (arrived === 2) both.resolve(null)
      return both.promise
    }
    const item = client.database('d').container('c').item('1', 'p')
    const [one, two] = await Promise.all([item.read(), item.read()])
    t.match([one.resource, two.resource], [{ id: '1' }, { id: '1' }])
  })
}
