import { type Policy, defaultEmergencyLimits as patient } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'
import { everyConsumerHasMoved } from '../../src/rotation/checks-policy.ts'

const both: Partial<Policy> = {
  consumers: [
    { name: 'functions', by: 'hook' },
    { name: 'monthly-job', by: 'operator' },
  ],
}
const acknowledge = (rig: Rig, consumer: string) =>
  rig.say({ verb: 'acknowledge', by: 'ada', reason: 'moved by hand', consumer })

t.test('a declared consumer holds each regeneration until it has moved', async t => {
  const rig = Rig.adopted({ policy: both })
  rig.rotate()
  rig.run(60)
  t.equal(rig.phase, 'fencing-standby')
  t.match(rig.blockers, [
    { code: 'CONSUMER_PENDING', consumer: 'monthly-job', sentence: /move it to the primary key/ },
  ])
  t.same(rig.outside.hooksRun, [{ consumer: 'functions', slot: 'secondary' }])
  t.same(acknowledge(rig, 'monthly-job'), [])
  rig.until('fencing-former').run(60)
  t.same(rig.codes, ['CONSUMER_PENDING'], 'its word was about the other slot')
  acknowledge(rig, 'monthly-job')
  rig.until('completed')
  t.equal(rig.outside.hooksRun.length, 2)
})

t.test('a hook that fails is run again, after a while, and its words are told', async t => {
  const rig = Rig.adopted({ policy: { consumers: [{ name: 'functions', by: 'hook' }] } })
  rig.outside.onHook = () => 'failed'
  rig.rotate()
  rig.run(30)
  t.match(rig.blockers, [{ code: 'CONSUMER_PENDING', sentence: /failed \(exit code 1\)/ }])
  t.equal(rig.outside.hooksRun.length, 1)
  rig.run(60)
  t.equal(rig.outside.hooksRun.length, 2)
  rig.outside.onHook = () => 'succeeded'
  rig.until('completed')
})

t.test('a hook that runs is waited for; a new leader runs it anew', async t => {
  const rig = Rig.adopted({ policy: { consumers: [{ name: 'functions', by: 'hook' }] } })
  rig.outside.onHook = () => 'running'
  rig.rotate()
  rig.run(300)
  t.equal(rig.outside.hooksRun.length, 1)
  t.match(rig.blockers, [{ code: 'CONSUMER_PENDING', sentence: /is running/ }])
  rig.outside.onHook = () => 'succeeded'
  rig.restart()
  rig.until('completed')
})

t.test('no hook runs before the fence stands in the vault', async t => {
  const rig = Rig.adopted({ policy: { consumers: [{ name: 'functions', by: 'hook' }] } })
  rig.rotate()
  rig.until('preflight')
  rig.vaultDown = true
  rig.run(60)
  t.same(rig.outside.hooksRun, [])
})

t.test('in an emergency a consumer is waited for until the deadline', async t => {
  const rig = Rig.adopted({ policy: both })
  rig.outside.onHook = () => 'failed'
  rig.rotate({ slot: 'secondary', emergency: true })
  rig.until('completed')
  t.ok(rig.outside.hooksRun.length > 2, 'tried again soon')
  const waived = rig.record.rotation?.waivers.filter(({ code }) => code === 'CONSUMER_PENDING')
  t.same(
    waived?.map(({ consumer }) => consumer),
    ['functions', 'monthly-job'],
  )
})

t.test('only declared consumers have a word, while there is something to say it about', async t => {
  const rig = Rig.adopted({ policy: both })
  t.match(acknowledge(rig, 'monthly-job'), [{ code: 'NO_ROTATION' }])
  rig.rotate()
  t.match(acknowledge(rig, 'nobody'), [{ code: 'UNKNOWN_CONSUMER', sentence: /nobody/ }])
})

t.test('a hook that failed without a word has failed', async t => {
  const rig = Rig.adopted({ policy: { consumers: [{ name: 'functions', by: 'hook' }] } })
  rig.rotate()
  const silent = { rotation: 'r1', consumer: 'functions', slot: 'secondary' } as const
  const hooks = [{ ...silent, is: 'failed', at: 0, detail: null } as const]
  const guarded = { slot: 'secondary', remaining: 'primary' } as const
  t.match(everyConsumerHasMoved({ ...rig.world(), hooks }, guarded), [
    { sentence: /its hook failed and is run again/ },
  ])
})

t.test('whoever moved away moves again when the slot is turned once more', async t => {
  const rig = Rig.adopted({ policy: { ...both, emergency: { ...patient, deadlineMs: 900_000 } } })
  rig.rotate()
  rig.until('fencing-standby').run(60)
  acknowledge(rig, 'monthly-job')
  rig.until('baking')
  const leak = { verb: 'rotate', by: 'ops', reason: 'leaked', id: 'r2' } as const
  // Both may use the new secondary key by now, which Azure calls by the same name as the old one.
  t.same(rig.say({ ...leak, slot: 'secondary', emergency: true }), [])
  rig.until('fencing-former').run(60)
  t.same(rig.outside.hooksRun.at(-1), { consumer: 'functions', slot: 'secondary' })
  t.equal(rig.outside.hooksRun.length, 2)
  t.match(rig.blockers, [{ code: 'CONSUMER_PENDING', consumer: 'monthly-job' }])
  t.same(rig.azure.regenerated, ['secondary'], 'the leaked key waits for its users')
  acknowledge(rig, 'monthly-job')
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary', 'secondary'])
})
