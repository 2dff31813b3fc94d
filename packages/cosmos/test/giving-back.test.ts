import { once } from 'node:events'
import { createDefaultHttpClient } from '@azure/core-rest-pipeline'
import { ResilientCosmosClient } from '@keyturn/cosmos'
import { Ring } from '@keyturn/keyring'
import t from 'tap'
import { Account, newKey } from './support/account.ts'
import { ManualSource } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap) => {
  const account = await Account.start(a, b)
  t.teardown(() => account.stop())
  return { account, endpoint: account.endpoint }
}

/** The next request is answered when the test says so. */
const holdNext = (account: Account) => {
  const arrived = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<null>()
  account.intercept = () => {
    account.intercept = null
    arrived.resolve()
    return mayEnd.promise
  }
  return { arrived: arrived.promise, letGo: () => mayEnd.resolve(null) }
}

/** Ends when the test says so. */
class SlowSource extends ManualSource {
  readonly asked = Promise.withResolvers<void>()
  readonly ended = Promise.withResolvers<void>()
  starts = 0

  override start(...sink: Parameters<ManualSource['start']>): void {
    this.starts += 1
    super.start(...sink)
  }

  override async stop(): Promise<void> {
    this.asked.resolve()
    await this.ended.promise
    await super.stop()
  }
}

t.test(
  'whoever comes while the last client waits for its last attempt goes on with its ring',
  async t => {
    const { account, endpoint } = await setUp(t)
    const source = new ManualSource()
    const first = new ResilientCosmosClient({ endpoint, keys: source })
    source.offer(a, b)
    await first.getDatabaseAccount()
    const { arrived, letGo } = holdNext(account)
    const onTheWire = first.getDatabaseAccount()
    await arrived
    const closing = first.close()
    await using second = new ResilientCosmosClient({ endpoint, keys: source })
    await second.getDatabaseAccount()
    letGo()
    await Promise.all([onTheWire, closing])
    source.offer(b, a)
    t.equal(second.keys.status().version, 2, 'and its source is still followed')
  },
)

t.test('a source that still ends is begun again once it has', async t => {
  const { endpoint } = await setUp(t)
  const source = new SlowSource()
  const first = new ResilientCosmosClient({ endpoint, keys: source })
  const closing = first.close()
  await source.asked.promise
  const short = new ResilientCosmosClient({ endpoint, keys: source })
  const closingToo = short.close()
  await new Promise(setImmediate)
  await using last = new ResilientCosmosClient({ endpoint, keys: source })
  t.equal(source.starts, 1)
  const reading = last.getDatabaseAccount()
  source.ended.resolve()
  await Promise.all([closing, closingToo])
  while (source.starts < 3) await new Promise(setImmediate)
  source.offer(a, b)
  await reading
  t.equal(last.keys.status().version, 1)
})

t.test('closing waits for the client’s own attempts, whoever else has the ring', async t => {
  const { account, endpoint } = await setUp(t)
  const source = new ManualSource()
  const ring = new Ring({ source }).start()
  t.teardown(() => ring.stop())
  source.offer(a, b)
  const httpClient = createDefaultHttpClient()
  const client = new ResilientCosmosClient({ endpoint, keys: ring, httpClient })
  await using other = new ResilientCosmosClient({ endpoint, keys: ring, httpClient })
  await client.getDatabaseAccount()
  const { arrived, letGo } = holdNext(account)
  const ends: string[] = []
  const onTheWire = client.getDatabaseAccount().then(() => ends.push('answered'))
  await arrived
  const closing = client.close().then(() => ends.push('closed'))
  await other.getDatabaseAccount()
  t.same(ends, [])
  letGo()
  await Promise.all([onTheWire, closing])
  t.same(ends.sort(), ['answered', 'closed'])
})

t.test('a source that fails to end is told of, and the rest ends all the same', async t => {
  const { account, endpoint } = await setUp(t)
  const source = new ManualSource()
  source.stop = () => Promise.reject(new Error('a source’s fault, on purpose'))
  const first = new ResilientCosmosClient({ endpoint, keys: source })
  source.offer(a, b)
  await first.getDatabaseAccount()
  await t.rejects(first.close(), { message: 'a source’s fault, on purpose' })
  while (account.open > 0) await new Promise(setImmediate)
  const second = new ResilientCosmosClient({ endpoint, keys: source })
  const warned = once(process, 'warning')
  second.dispose()
  t.match(await warned, [{ message: 'a source’s fault, on purpose' }], 'and no rejection is loose')
})
