import { readFileSync } from 'node:fs'
import { context, ProxyTracerProvider, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import { tracerNow } from '../../src/telemetry/tracing.ts'
import { Account, fingerprint, newKey } from '../support/account.ts'
import { ManualSource, openClient } from '../support/client.ts'

const [a, b] = [newKey(), newKey()]
type Tap = { teardown(handler: () => unknown): void }

const setUp = async (t: Tap) => {
  const account = await Account.start(a, b)
  account.know(a, b)
  account.put({ id: 'secret-id', pk: 'p' })
  const source = new ManualSource()
  const opened = openClient(account.endpoint, { source })
  t.teardown(async () => {
    await opened.close()
    await account.stop()
  })
  source.offer(a, b)
  return { account, source, ...opened }
}

const register = (t: Tap, options = {}) => {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor(exporter)]
  const provider = new BasicTracerProvider({ ...options, spanProcessors })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  t.teardown(() => {
    trace.disable()
    context.disable()
  })
  return { exporter, provider }
}

t.test('where nobody registered a provider, no span is ever made', async t => {
  t.equal(tracerNow(), null)
  const { container } = await setUp(t)
  const provider = trace.getTracerProvider()
  t.ok(provider instanceof ProxyTracerProvider)
  // What the API would make a span with, were it asked.
  const { getTracer } = ProxyTracerProvider.prototype
  ProxyTracerProvider.prototype.getTracer = () => {
    throw new Error('a tracer was asked for')
  }
  t.teardown(() => {
    ProxyTracerProvider.prototype.getTracer = getTracer
  })
  t.match((await container.item('secret-id', 'p').read()).resource, { id: 'secret-id' })
})

t.test('an attempt is a span below the caller’s, with OpenTelemetry’s names', async t => {
  const { account, container } = await setUp(t)
  await container.item('secret-id', 'p').read()
  // Registered after the client was built, as frameworks do.
  const { exporter } = register(t)
  const tracer = trace.getTracer('a caller')
  await tracer.startActiveSpan('the caller’s', async span => {
    await container.item('secret-id', 'p').read()
    span.end()
  })
  const [attempt, caller] = exporter.getFinishedSpans()
  t.equal(attempt?.name, 'keyturn.attempt')
  t.equal(attempt?.kind, SpanKind.CLIENT)
  t.equal(attempt?.parentSpanContext?.spanId, caller?.spanContext().spanId)
  t.same(attempt?.attributes, {
    'db.system.name': 'azure.cosmosdb',
    'db.operation.name': 'get docs',
    'db.namespace': 'd',
    'db.collection.name': 'c',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(account.endpoint).port),
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'keyturn.key.fingerprint': fingerprint(a),
    'keyturn.key.slot': 'primary',
    'keyturn.keyset.version': 1,
    'keyturn.attempt.sends': 1,
  })
  t.equal(attempt?.status.code, SpanStatusCode.UNSET)
})

t.test('a failover is told in the span of its attempt', async t => {
  const { account, container } = await setUp(t)
  await container.item('secret-id', 'p').read()
  const { exporter } = register(t)
  account.keys.delete(a)
  await container.item('secret-id', 'p').read()
  const [attempt] = exporter.getFinishedSpans()
  t.match(attempt?.attributes, {
    'http.response.status_code': 200,
    'keyturn.key.fingerprint': fingerprint(b),
    'keyturn.key.slot': 'secondary',
    'keyturn.attempt.sends': 2,
  })
  t.match(attempt?.events, [
    { name: 'keyturn.refused', attributes: { 'keyturn.key.fingerprint': fingerprint(a) } },
  ])
})

t.test('what fails ends its span as an error, and what waits says so', async t => {
  const { account, source, container, client } = await setUp(t)
  await container.items.upsert({ id: '1', pk: 'p' })
  const { exporter } = register(t)
  await t.rejects(container.item('missing', 'p').read().then(no404))
  await client.getDatabaseAccount()
  source.offer(a, b, { fenced: ['primary', 'secondary'] })
  await t.rejects(container.item('secret-id', 'p').read(), { code: 'KEYS_UNAVAILABLE' })
  account.intercept = () => {
    account.reset()
    return null
  }
  source.offer(a, b)
  await t.rejects(container.items.upsert({ id: '1', pk: 'p' }), { code: 'ECONNRESET' })
  const [missing, account1, fenced, reset] = exporter.getFinishedSpans()
  t.match(missing, {
    attributes: { 'http.response.status_code': 404, 'error.type': '404' },
    status: { code: SpanStatusCode.ERROR },
  })
  t.match(account1?.attributes, { 'db.operation.name': 'get account' })
  t.match(fenced, {
    attributes: { 'error.type': 'KEYS_UNAVAILABLE' },
    status: { code: SpanStatusCode.ERROR },
    events: [{ name: 'keyturn.waits' }],
  })
  t.match(reset, { attributes: { 'error.type': 'ECONNRESET' } })
})

/** The SDK answers a point read of nothing with a response. */
const no404 = ({ statusCode }: { statusCode: number }): void => {
  if (statusCode === 404) throw new Error('not found')
}

t.test('every attribute of a span is on the page', async t => {
  const { account, container } = await setUp(t)
  await container.item('secret-id', 'p').read()
  const { exporter } = register(t)
  account.intercept = () => ({
    status: 429,
    body: { code: '429', message: 'slow down' },
    headers: { 'x-ms-substatus': '3200', 'x-ms-retry-after-ms': '1' },
  })
  const failing = container.item('secret-id', 'p').read()
  while (exporter.getFinishedSpans().length === 0) await new Promise(setImmediate)
  account.intercept = null
  await failing
  const [attempt] = exporter.getFinishedSpans()
  const url = new URL('../../../../docs/client-telemetry.md', import.meta.url)
  const page = readFileSync(url, 'utf8')
  const names = Object.keys(attempt?.attributes ?? {})
  t.equal(names.length, 14)
  for (const name of names) t.ok(page.includes(`\`${name}\``), name)
})

t.test('an attempt that is not sampled runs as well, and no key is in any span', async t => {
  const { account, container, client } = await setUp(t)
  const unsampled = register(t, { sampler: new AlwaysOffSampler() })
  await container.item('secret-id', 'p').read()
  t.same(unsampled.exporter.getFinishedSpans(), [])
  trace.disable()
  const { exporter } = register(t)
  account.keys.delete(a)
  await container.item('secret-id', 'p').read()
  await client.getDatabaseAccount()
  const text = JSON.stringify(
    exporter.getFinishedSpans().map(({ name, attributes, events, status }) => {
      return { name, attributes, events, status }
    }),
  )
  t.match(text, fingerprint(b))
  for (const never of [a, b, encodeURIComponent(a), 'sig', 'secret-id']) t.notMatch(text, never)
})
