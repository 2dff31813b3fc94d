import t from 'tap'
import { newKey } from './support/account.ts'
import { ManualSource, openClient } from './support/client.ts'

const [a, b] = [newKey(), newKey()]

t.test('whoever starts waits for the first keyset longer than an operation does', async t => {
  const source = new ManualSource()
  const { keys, close } = openClient('https://orders.documents.azure.com', { source })
  t.teardown(close)
  const ready = keys.ready()
  source.offer(a, b)
  await ready
  await keys.ready(0)
})

t.test('where none comes in time that is said, and the client goes on', async t => {
  const source = new ManualSource()
  const { keys, close } = openClient('https://orders.documents.azure.com', { source })
  t.teardown(close)
  await t.rejects(keys.ready(20), { code: 'KEYS_UNAVAILABLE', message: /within 20 ms/ })
  source.offer(a, b)
  await keys.ready(0)
})

t.test('a client that is closed keeps nobody waiting', async t => {
  const { keys, engine } = openClient('https://orders.documents.azure.com')
  const ready = keys.ready()
  const closed = engine.close()
  await t.rejects(ready, { code: 'CLIENT_CLOSED' })
  await t.rejects(keys.ready(), { code: 'CLIENT_CLOSED' })
  await closed
})
