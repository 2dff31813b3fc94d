import t from 'tap'
import { clientClosed } from '../src/errors.ts'
import { Account, newKey } from './support/account.ts'
import { ManualSource, openClient } from './support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap, options: Parameters<typeof openClient>[1] = {}) => {
  const account = await Account.start(a, b)
  account.put({ id: '1', pk: 'p' })
  const source = new ManualSource()
  const opened = openClient(account.endpoint, { source, ...options })
  t.teardown(async () => {
    await opened.close()
    await account.stop()
  })
  return { account, source, ...opened }
}

t.test('the first operation awaits the first keyset', async t => {
  const { source, container } = await setUp(t)
  const reading = container.item('1', 'p').read()
  source.offer(a, b)
  t.match((await reading).resource, { id: '1' })
})

t.test('without a keyset an operation fails within its bound, and is not retried', async t => {
  const { account, container } = await setUp(t, { limits: { keysetWaitMsMax: 30 } })
  await t.rejects(container.item('1', 'p').read(), {
    code: 'KEYS_UNAVAILABLE',
    message: /keyVault/,
  })
  t.equal(account.seen.length, 0)
})

t.test('a caller that gives up while keys are awaited is let go at once', async t => {
  // The SDK's first account read knows nothing of the caller's signal.
  const { container } = await setUp(t, {
    cosmos: { connectionPolicy: { enableEndpointDiscovery: false } },
  })
  const cancel = new AbortController()
  const reading = container.item('1', 'p').read({ abortSignal: cancel.signal })
  cancel.abort()
  const error = await reading.catch(thrown => thrown)
  t.match(error, { name: 'AbortError', message: /^The operation was aborted\./ })
  t.notOk(error instanceof DOMException, 'it is what the SDK’s own HTTP client throws')
})

t.test('the SDK’s request timeout holds across a repetition', async t => {
  const { account, source, container } = await setUp(t, {
    cosmos: { connectionPolicy: { requestTimeout: 2_000 } },
  })
  source.offer(a, b)
  await container.item('1', 'p').read()
  await container.items.upsert({ id: '2', pk: 'p' })
  account.keys.delete(a)
  account.intercept = ({ key }) => (key === b ? new Promise(() => {}) : null)
  await t.rejects(container.items.upsert({ id: '2', pk: 'p' }), { code: 'TimeoutError' })
})

t.test('a caller’s abort holds across a repetition', async t => {
  const { account, source, container } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  account.keys.delete(a)
  const cancel = new AbortController()
  account.intercept = () => {
    cancel.abort()
    return new Promise(() => {})
  }
  const reading = container.item('1', 'p').read({ abortSignal: cancel.signal })
  await t.rejects(reading, { name: 'AbortError' })
})

t.test('a caller’s abort holds while the source is asked', async t => {
  const { account, source, container } = await setUp(t)
  source.offer(a, b, { fenced: ['secondary'] })
  await container.item('1', 'p').read()
  account.keys.clear()
  const cancel = new AbortController()
  source.onRefresh = () => {
    cancel.abort()
    return new Promise(() => {})
  }
  const reading = container.item('1', 'p').read({ abortSignal: cancel.signal })
  await t.rejects(reading, { name: 'AbortError' })
})

t.test('a caller’s abort holds while an account read tells what a 401 meant', async t => {
  const { account, source, container } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  const cancel = new AbortController()
  account.refuseAll = path => path.includes('/docs')
  account.intercept = () => {
    cancel.abort()
    return new Promise(() => {})
  }
  const reading = container.item('1', 'p').read({ abortSignal: cancel.signal })
  await t.rejects(reading, { name: 'AbortError' })
})

t.test('an attempt that was aborted is no longer in flight', async t => {
  const { account, source, container, keys } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  const cancel = new AbortController()
  account.intercept = () => {
    cancel.abort()
    return new Promise(() => {})
  }
  await t.rejects(container.item('1', 'p').read({ abortSignal: cancel.signal }))
  t.equal(keys.status().keys[0]?.inFlight, 0)
})

t.test('a closed client signs nothing more and says so', async t => {
  const { source, container, engine } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  await engine.close()
  await t.rejects(container.item('1', 'p').read(), { code: clientClosed().code })
})

t.test('close waits for the attempt on the wire', async t => {
  const { account, source, container, engine } = await setUp(t)
  source.offer(a, b)
  await container.item('1', 'p').read()
  let closing: Promise<void> = Promise.resolve()
  account.intercept = () => {
    closing = engine.close()
    return null
  }
  t.match((await container.item('1', 'p').read()).resource, { id: '1' })
  await closing
})
