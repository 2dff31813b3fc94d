import { VirtualClock } from '@keyturn/azure-sim'
import t from 'tap'
import { Turning } from './support/turning.ts'

t.setTimeout(600_000)

const minute = 60_000
const hour = 60 * minute
const crashes = 5

t.test('a regeneration of 3 hours is followed to its end across 5 crashes', async t => {
  const clock = new VirtualClock()
  const turning = await Turning.open(t, {
    azure: {
      clock,
      tokenLifetimeSeconds: 86_400,
      regeneration: { durationMs: 3 * hour, spreadMs: 0 },
    },
    members: ['one', 'two'],
  })
  const { azure } = turning
  const before = azure.account.shown('secondary').key.value
  await turning.verb({ verb: 'rotate', slot: 'secondary', reason: 'a large account' })
  await turning.until('accepted', ({ blockers }) =>
    blockers.some(({ code }) => code === 'REGENERATION_RUNNING'),
  )
  for (let crash = 1; crash <= crashes; crash += 1) {
    clock.advance(30 * minute)
    await turning.called('GET', '/operationsstatus/', 2)
    const { rotation } = await turning.status()
    t.equal(rotation?.phase, 'regenerating-standby', `half hour ${crash}`)
    await turning.kill()
    await turning.start()
    await turning.called('GET', '/operationsstatus/')
  }
  clock.advance(29 * minute)
  await turning.called('GET', '/operationsstatus/', 2)
  t.equal(azure.account.shown('secondary').key.value, before, 'Azure is not done yet')
  clock.advance(2 * minute)
  const { published, rotation } = await turning.completed()

  t.same(
    turning.calls('POST', '/regeneratekey').map(({ status }) => status),
    [202],
    'one call, in all six lives',
  )
  t.not(azure.account.shown('secondary').key.value, before)
  t.not(published?.fingerprints.secondary, rotation?.before.secondary)
  t.equal(published?.fingerprints.primary, rotation?.before.primary)
  const journal = await turning.history()
  t.same(
    journal
      .filter(({ event }) => event.type.startsWith('regenerate-'))
      .map(({ epoch, event }) => `${event.type} by leader ${epoch}`),
    [
      'regenerate-intended by leader 1',
      'regenerate-accepted by leader 1',
      `regenerate-settled by leader ${crashes + 1}`,
    ],
    'whoever began it, another one has seen it end',
  )
})
