import { type Clock, VirtualClock } from '@keyturn/azure-sim'
import t from 'tap'
import { openArm } from '../../src/azure/arm.ts'
import type { Sent } from '../../src/ports.ts'
import { startAzure } from '../support.ts'

/** Longer than any answer takes, on any machine. */
const withinMs = 60_000

const open = async (t: import('tap').Test, durationMs = 300, clock?: Clock) => {
  const azure = await startAzure(t, { regeneration: { durationMs }, ...(clock ? { clock } : {}) })
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const posts = () =>
    azure.witness
      .testimony()
      .arm.filter(({ verb, path }) => verb === 'POST' && path.includes('regenerateKey')).length
  return { azure, arm: openArm({ account, credential, endpoint }), posts }
}

const operationOf = (sent: Sent): string => (sent.is === 'accepted' ? sent.operation : '')

t.test('a look shows the account, its regions and its keys by name', async t => {
  const { azure, arm } = await open(t)
  const { view, regions, keys } = await arm.look(null)
  t.equal(view.idle, true)
  t.equal(view.fingerprints.primary, keys.primary.fingerprint)
  t.match(view.generationTimes.primary, /^\d{4}-/)
  t.same(
    regions.map(({ endpoint }) => endpoint),
    azure.regions.map(({ endpoint }) => endpoint),
  )
  t.notMatch(JSON.stringify({ view, keys }), keys.primary.reveal(), 'no key in what is printed')
})

t.test('an operation is followed from any process, to its end', async t => {
  const clock = new VirtualClock()
  const { azure, arm } = await open(t, 300, clock)
  const before = await arm.look(null)
  const sent = await arm.regenerate('secondary', withinMs)
  t.equal(sent.is, 'accepted')
  const operation = operationOf(sent)
  t.equal((await arm.look(operation)).view.operation?.status, 'running')
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const another = openArm({ account, credential, endpoint })
  t.equal((await another.look(operation)).view.operation?.status, 'running')
  clock.advance(300)
  const look = await another.look(operation)
  t.equal(look.view.operation?.status, 'succeeded')
  t.not(look.view.fingerprints.secondary, before.view.fingerprints.secondary)
  t.equal(look.view.fingerprints.primary, before.view.fingerprints.primary)
  t.equal(look.view.idle, true)
})

t.test('while one runs, another is refused', async t => {
  const { arm } = await open(t, 60_000)
  await arm.regenerate('secondary', withinMs)
  const sent = await arm.regenerate('primary', withinMs)
  t.match(sent, { is: 'refused', detail: /PreconditionFailed/ })
})

t.test('a reset connection means one POST and an unknown outcome', async t => {
  for (const fault of ['reset', 'lost'] as const) {
    const { azure, arm, posts } = await open(t)
    azure.weather.once({ service: 'arm', fault, path: 'regenerateKey' })
    const sent = await arm.regenerate('secondary', withinMs)
    t.equal(sent.is, 'unknown', fault)
    t.equal(posts(), 1, 'sent once, however the SDK likes to retry')
  }
})

t.test('an answer that does not come in time means an unknown outcome', async t => {
  const { azure, arm, posts } = await open(t)
  azure.weather.once({ service: 'arm', fault: 'none', path: 'regenerateKey', delayMs: 60_000 })
  const sent = await arm.regenerate('secondary', 300)
  t.equal(sent.is, 'unknown')
  t.ok(posts() <= 1)
})

t.test('a failed operation is seen as failed', async t => {
  const { azure, arm } = await open(t)
  Object.assign(azure.regeneration, { failRate: 1, failedEffect: 'none' })
  const operation = operationOf(await arm.regenerate('secondary', withinMs))
  let look = await arm.look(operation)
  while (look.view.operation?.status === 'running') look = await arm.look(operation)
  t.equal(look.view.operation?.status, 'failed')
})

t.test('an operation that ARM has forgotten is told apart', async t => {
  const { arm } = await open(t)
  const operation = operationOf(await arm.regenerate('secondary', withinMs))
  const forgotten = operation.replace(/operationsStatus\/[^?"]+/g, 'operationsStatus/none')
  const { view } = await arm.look(forgotten)
  t.equal(view.operation?.status, 'forgotten')
})

t.test('a poll that fails says nothing about the operation', async t => {
  const { azure, arm } = await open(t, 60_000)
  const operation = operationOf(await arm.regenerate('secondary', withinMs))
  const { armEndpoint: endpoint, accountId: account, credential } = azure
  const impatient = openArm({ account, credential, endpoint })
  // As many as the SDK's own retries swallow, and one more.
  for (let times = 4; times > 0; times -= 1) {
    azure.weather.once({ service: 'arm', fault: 'reset', path: 'operationsStatus' })
  }
  await t.rejects(impatient.look(operation), { name: 'RestError' })
  t.equal((await impatient.look(operation)).view.operation?.status, 'running')
})

t.test('a look that gets no answer ends all the same', async t => {
  const { azure } = await open(t, 60_000)
  const { armEndpoint: endpoint, accountId: account, credential } = azure
  const arm = openArm({ account, credential, endpoint, lookWithinMs: 500 })
  const operation = operationOf(await arm.regenerate('secondary', withinMs))
  for (const path of ['listKeys', 'operationsStatus']) {
    azure.weather.once({ service: 'arm', fault: 'none', path, delayMs: 60_000 })
    await t.rejects(arm.look(operation), { name: 'AbortError' }, path)
  }
  azure.weather.once({ service: 'arm', fault: 'none', path: 'listKeys', delayMs: 60_000 })
  await t.rejects(arm.keys(), { name: 'AbortError' })
})

t.test('what is late by the time it is connected is not sent', async t => {
  const { arm, posts } = await open(t)
  // The first question is asked before it connects, the next one when the request could go out.
  for (const answers of [[], [true]]) {
    const asked = [...answers]
    const sent = await arm.regenerate('secondary', withinMs, {
      stillInTime: () => asked.shift() ?? false,
    })
    t.match(sent, { is: 'unknown', detail: /TOO_LATE/ })
    t.same(asked, [])
  }
  t.equal(posts(), 0)
  t.equal((await arm.look(null)).view.idle, true)
})
