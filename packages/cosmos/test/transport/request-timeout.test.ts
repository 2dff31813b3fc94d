import { ResilientCosmosClient } from '@keyturn/cosmos'
import t from 'tap'
import { Account, newKey } from '../support/account.ts'

const [primary, secondary] = [newKey(), newKey()]

const setUp = async (t: { teardown(handler: () => unknown): void }, requestTimeout: number) => {
  const account = await Account.start(primary, secondary)
  account.put({ id: '1', pk: 'p' })
  t.teardown(() => account.stop())
  const client = new ResilientCosmosClient({
    endpoint: account.endpoint,
    keys: { primary, secondary },
    connectionPolicy: { requestTimeout },
  })
  t.teardown(() => client.close())
  return { account, client, item: client.database('d').container('c').item('1', 'p') }
}

t.test(
  'an attempt without an answer ends at the requestTimeout, and the SDK tries again',
  async t => {
    const { account, item } = await setUp(t, 2_000)
    await item.read()
    let asked = 0
    account.intercept = ({ path }) => {
      if (!path.includes('/docs/')) return null
      asked += 1
      return asked === 1 ? new Promise(() => {}) : null
    }
    const { resource } = await item.read()
    t.equal(resource?.id, '1')
    t.ok(asked >= 2, `${asked} attempts`)
  },
)

t.test(
  'a cancelled attempt is in flight no longer, and its connection is not used again',
  async t => {
    const { account, item } = await setUp(t, 60_000)
    await item.read()
    const before = account.connections
    const cancel = new AbortController()
    account.intercept = () => {
      cancel.abort()
      return new Promise(() => {})
    }
    await t.rejects(item.read({ abortSignal: cancel.signal }), { name: 'AbortError' })
    account.intercept = null
    await item.read()
    t.equal(account.connections, before + 1, 'the broken connection is not used again')
  },
)
