import t from 'tap'
import { AzureSim, VirtualClock } from '../../src/index.ts'
import { armRequest, trust } from '../clients.ts'
import { azureSpec } from '../specs.ts'

/*
 * The real service's traffic, as facts: Azure CLI's recording of `az cosmosdb keys regenerate`
 * (Azure/azure-cli, test_keys_database_account.yaml at 0491a0b1740a8a18dc57d4291c7909dd1fc11b19).
 */
const recorded = {
  version: '2020-06-01-preview',
  accepted: { status: 202, text: '{"status":"Enqueued"}', contentLength: '21' },
  absent: 'retry-after',
  dequeued: '{"status":"Dequeued"}',
  succeeded: '{"status":"Succeeded"}',
  pollMs: 30_000,
  durationMs: 92_000,
  listKeys: {
    contentLength: 461,
    fields: [
      'primaryMasterKey',
      'secondaryMasterKey',
      'primaryReadonlyMasterKey',
      'secondaryReadonlyMasterKey',
    ],
  },
  readonlykeys: {
    contentLength: 239,
    fields: ['primaryReadonlyMasterKey', 'secondaryReadonlyMasterKey'],
  },
} as const

const clock = new VirtualClock()
const sim = await AzureSim.start({
  seed: 3,
  clock,
  regeneration: { durationMs: recorded.durationMs, spreadMs: 0 },
})
t.teardown(() => sim.stop())
trust(sim)
const { version } = recorded
const fieldsOf = (body: unknown) => Object.keys(body as Record<string, unknown>)

t.test('the facts are those of the recording', { skip: azureSpec.skip }, async t => {
  const file = await azureSpec.read('arm/recordings/regenerateKey-real-service.json')
  t.match(file, {
    accept: {
      response: {
        status: recorded.accepted.status,
        body: recorded.accepted.text,
        headers: { 'content-length': recorded.accepted.contentLength },
        absentHeaders: [recorded.absent],
      },
    },
    polls: [{ body: recorded.dequeued }, { body: recorded.succeeded }],
    listKeys: {
      contentLength: recorded.listKeys.contentLength,
      bodyFields: recorded.listKeys.fields,
    },
    readonlykeys: {
      contentLength: recorded.readonlykeys.contentLength,
      bodyFields: recorded.readonlykeys.fields,
    },
  })
})

t.test('the recorded operation, step by step', async t => {
  const before = await armRequest(sim, 'POST', '/listKeys', { version })
  t.equal(before.status, 200)
  t.same(fieldsOf(before.body), recorded.listKeys.fields, 'listKeys shows the fields in order')
  t.equal(before.text.length, recorded.listKeys.contentLength)

  const accepted = await armRequest(sim, 'POST', '/regenerateKey', {
    version,
    body: { keyKind: 'primary' },
  })
  t.equal(accepted.status, recorded.accepted.status)
  t.equal(accepted.text, recorded.accepted.text)
  t.equal(accepted.headers.get('content-length'), recorded.accepted.contentLength)
  t.equal(accepted.headers.get(recorded.absent), null, 'without Retry-After')
  t.equal(accepted.headers.get('cache-control'), 'no-store, no-cache')
  t.equal(accepted.headers.get('pragma'), 'no-cache')
  t.equal(accepted.headers.get('x-content-type-options'), 'nosniff')
  const status = accepted.headers.get('azure-asyncoperation') ?? ''
  const location = accepted.headers.get('location') ?? ''
  const provider = '/providers/Microsoft\\.DocumentDB'
  t.match(
    status,
    new RegExp(
      `^${sim.armEndpoint}/subscriptions/[^/]+${provider}/locations/westus/operationsStatus/` +
        `[0-9a-f-]{36}\\?api-version=${version}$`,
    ),
  )
  t.match(
    location,
    new RegExp(
      `^${sim.armEndpoint}/subscriptions/[^/]+/resourceGroups/[^/]+${provider}/databaseAccounts/` +
        `[^/]+/regenerateKey/operationResults/[0-9a-f-]{36}\\?api-version=${version}$`,
    ),
  )

  const seen: string[] = []
  for (let waited = recorded.pollMs; waited < recorded.durationMs; waited += recorded.pollMs) {
    clock.advance(recorded.pollMs)
    seen.push((await armRequest(sim, 'GET', status)).text)
    const running = await armRequest(sim, 'GET', location)
    t.equal(running.status, 202, 'Location answers 202 while it runs')
    t.equal(running.text, recorded.dequeued)
  }
  t.same(seen, [recorded.dequeued, recorded.dequeued, recorded.dequeued])
  const during = await armRequest(sim, 'POST', '/listKeys', { version })
  t.same(during.body, before.body, 'no key has changed yet for listKeys')

  clock.advance(recorded.pollMs)
  t.equal((await armRequest(sim, 'GET', status)).text, recorded.succeeded)
  t.equal((await armRequest(sim, 'GET', location)).status, 200)
})

t.test('after all four, every value differs from the first', async t => {
  const before = await armRequest(sim, 'POST', '/listKeys', { version })
  for (const keyKind of ['primary', 'primaryReadonly', 'secondary', 'secondaryReadonly']) {
    await armRequest(sim, 'POST', '/regenerateKey', { version, body: { keyKind } })
    clock.advance(recorded.durationMs)
  }
  const after = await armRequest(sim, 'POST', '/listKeys', { version })
  const [first, last] = [before.body, after.body] as Record<string, string>[]
  for (const field of recorded.listKeys.fields) t.not(last?.[field], first?.[field], field)
})

t.test('readonlykeys shows two', async t => {
  const answer = await armRequest(sim, 'POST', '/readonlykeys', { version })
  t.same(fieldsOf(answer.body), recorded.readonlykeys.fields)
  t.equal(answer.text.length, recorded.readonlykeys.contentLength)
})
