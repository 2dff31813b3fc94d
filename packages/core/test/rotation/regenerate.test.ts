import { decide } from '@keyturn/core'
import { type Mail, Rig } from '@keyturn/testkit'
import t from 'tap'

const once = (mail: Mail) => {
  let first = true
  return (): Mail => {
    const now = first ? mail : 'delivered'
    first = false
    return now
  }
}

t.test('an intent is in the journal before anything is sent', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.mail = () => {
    t.equal(rig.journal.at(-1)?.type, 'regenerate-intended')
    return 'delivered'
  }
  rig.until('completed')
  t.equal(rig.azure.posts, 2)
})

t.test('a lost answer is met by looking: the key is regenerated once', async t => {
  const rig = Rig.adopted()
  rig.mail = once('answer-lost')
  rig.rotate()
  rig.until('regenerating-standby')
  rig.second()
  t.same(rig.codes, ['REGENERATION_RUNNING'])
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary', 'primary'])
  t.equal(rig.azure.posts, 2)
})

t.test('a POST that never left is sent again, but not before it is settled', async t => {
  const rig = Rig.adopted()
  rig.mail = once('never-sent')
  rig.rotate()
  rig.until('regenerating-standby')
  const since = rig.now
  rig.until('probing-standby')
  const { sendWithinMs, armSettleMs } = rig.world().policy.limits
  t.ok(rig.now - since >= sendWithinMs + armSettleMs)
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary', 'primary'])
})

t.test('a look from before a call could no longer arrive settles nothing', async t => {
  const rig = Rig.adopted()
  rig.mail = once('answer-lost')
  rig.azure.regenerationMs = 600_000
  rig.rotate()
  rig.until('regenerating-standby')
  const world = rig.world()
  if (!world.arm) return t.fail('it has looked at ARM')
  const { sendWithinMs, armSettleMs } = world.policy.limits
  const later = rig.now + sendWithinMs + armSettleMs
  // Idle as of the look; stopped for long; decided now.
  const idle = { ...world.arm, fresh: true, idle: true, error: null }
  const before = decide({ ...world, now: later, arm: { ...idle, at: later - 1 } })
  t.same(before.kind === 'wait' && before.blockers.map(({ code }) => code), [
    'REGENERATION_RUNNING',
  ])
  const after = decide({ ...world, now: later, arm: { ...idle, at: later } })
  t.match(after, { events: [{ type: 'regenerate-settled', why: 'expired' }] })
})

t.test('a regeneration that outlasts its settlement is still made only once', async t => {
  const rig = Rig.adopted()
  rig.azure.regenerationMs = 600_000
  rig.mail = once('answer-lost')
  rig.rotate()
  rig.until('completed', 4_000)
  t.same(rig.azure.regenerated, ['secondary', 'primary'])
})

t.test('a leader that dies after any event is followed by one that goes on', async t => {
  const whole = Rig.adopted()
  whole.rotate()
  whole.until('completed')
  const journalled = whole.journal.length
  for (let dies = 3; dies < journalled; dies += 1) {
    const rig = Rig.adopted()
    rig.rotate()
    let restarted = false
    for (let left = 2_000; left > 0 && !rig.ended; left -= 1) {
      rig.second()
      if (!restarted && rig.journal.length >= dies) {
        rig.restart()
        restarted = true
      }
    }
    t.equal(rig.phase, 'completed', `dead after event ${dies} of ${journalled}`)
    t.same(rig.azure.regenerated, ['secondary', 'primary'])
  }
})

t.test('a regeneration that fails is tried again, and in the end told', async t => {
  const rig = Rig.adopted()
  rig.azure.fails = true
  rig.rotate()
  rig.until('regenerating-standby')
  rig.run(200)
  t.equal(rig.phase, 'regenerating-standby')
  t.same(rig.codes, ['AZURE_REFUSED'])
  t.equal(rig.azure.posts, 3, 'as many attempts as the limit says')
  rig.azure.fails = false
  t.same(rig.say({ verb: 'abort', by: 'ops', reason: 'Azure refuses' }), [])
  rig.until('reverted')
  t.same(rig.azure.regenerated, [])
})

t.test('where there is no way back it is tried until Azure obliges', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-former')
  rig.azure.fails = true
  rig.run(600)
  t.equal(rig.phase, 'regenerating-former')
  t.same(rig.codes, ['AZURE_REFUSED'])
  t.ok(rig.azure.posts > 1 + rig.world().policy.limits.attemptsMax)
  rig.azure.fails = false
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary', 'primary'])
})

t.test('another operation on the account is waited for, not counted', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-standby')
  rig.azure.regenerate('primary', rig.now)
  rig.second()
  t.ok(rig.codes.includes('ACCOUNT_BUSY'))
  rig.until('completed')
  t.equal(rig.azure.regenerated.length, 3, 'the human’s, and ours')
  t.same(rig.record.published?.fingerprints, rig.azure.fingerprints)
})

t.test('a probe never tries the key that is about to go', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('regenerating-standby')
  const probed = rig.world().probes.map(({ fingerprint }) => fingerprint)
  t.same(probed, [rig.azure.keys.primary])
})
