import { type JournalEvent, turnPhases } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

const leak = (rig: Rig, slot: 'primary' | 'secondary') =>
  rig.say({ verb: 'rotate', by: 'ops', reason: 'in a public log', id: 'e1', slot, emergency: true })

const waived = (rig: Rig) =>
  rig.journal.filter((event): event is JournalEvent & { type: 'waived' } => event.type === 'waived')

t.test(
  'a leaked active key: the standby takes over, only the leaked one is regenerated',
  async t => {
    const rig = Rig.adopted()
    const { secondary } = rig.azure.keys
    t.same(leak(rig, 'primary'), [])
    const since = rig.now
    rig.until('completed')
    t.same(rig.azure.regenerated, ['primary'])
    t.equal(rig.azure.keys.secondary, secondary)
    t.equal(rig.record.published?.active, 'secondary')
    t.ok(rig.now - since - rig.azure.regenerationMs <= 10_000, `${rig.now - since} ms`)
  },
)

t.test('a leaked standby: fenced at once, the active key carries on', async t => {
  const rig = Rig.adopted()
  rig.azure.regenerationMs = 0
  rig.member('one').busy.set(rig.azure.keys.secondary, 1)
  leak(rig, 'secondary')
  rig.second()
  t.same(rig.azure.vault?.fenced, ['secondary'], 'before its users have come to rest')
  rig.run(5)
  t.same(rig.codes, ['IN_FLIGHT'])
  rig.member('one').busy.clear()
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary'])
})

t.test('what is waived is written down: which check, for which slot, by whom and why', async t => {
  const rig = Rig.adopted()
  leak(rig, 'primary')
  t.match(waived(rig), [
    { code: 'RECENTLY_USED', slot: 'primary', by: 'ops', reason: 'emergency: in a public log' },
    { code: 'AZURE_REFUSED', slot: 'primary', by: 'ops', reason: 'emergency: in a public log' },
  ])
})

t.test('deadlines instead of patience: a silent member holds it for a minute, by name', async t => {
  const rig = Rig.adopted()
  rig.member('two').silent = true
  rig.run(60)
  leak(rig, 'secondary')
  rig.run(50)
  t.equal(rig.phase, 'preflight')
  t.same(rig.codes, ['MEMBER_STALE'])
  rig.until('publishing-standby')
  t.same(rig.azure.regenerated, ['secondary'])
  t.match(
    waived(rig).slice(2),
    ['MEMBER_STALE', 'KEYSET_BEHIND', 'NOT_FENCED'].map(code => ({
      ...{ code, member: 'two', slot: 'secondary', by: 'ops' },
      reason: 'emergency: in a public log; the deadline of 60 s has passed',
    })),
  )
  rig.say({ verb: 'evict', member: 'two', by: 'ops', reason: 'its node is gone' })
  rig.until('completed')
})

t.test('a member that would be stranded is waited for, whatever the deadline', async t => {
  const rig = Rig.adopted()
  rig.rotate({ slot: 'secondary' })
  rig.until('probing-standby')
  rig.member('two').deaf = true
  rig.until('publishing-standby')
  rig.run(3)
  leak(rig, 'primary')
  rig.run(300)
  t.same(rig.azure.regenerated, ['secondary'], 'two does not hold the new secondary')
  t.ok(rig.codes.includes('KEYSET_BEHIND'))
  rig.member('two').deaf = false
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary', 'primary'])
})

t.test(
  'a client that does not answer is overtaken where its member held the key before',
  async t => {
    const rig = Rig.adopted()
    rig.member('two').held = null
    rig.member('two').deaf = true
    leak(rig, 'secondary')
    rig.until('probing-standby')
    t.same(rig.azure.regenerated, ['secondary'])
    t.match(waived(rig).at(-1), { member: 'two', reason: /the deadline of 60 s has passed/ })
  },
)

t.test('nobody is overtaken who may hold the key that remains behind a fence', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-standby')
  rig.member('two').held = null
  rig.member('two').deaf = true
  rig.run(3)
  leak(rig, 'primary')
  rig.run(300)
  t.same(rig.azure.regenerated, [], 'a client of two may have taken the version in between')
  t.ok(rig.codes.includes('KEYSET_BEHIND'))
  rig.member('two').deaf = false
  rig.until('completed')
})

t.test('the key that remains is proven, whatever the deadline', async t => {
  const rig = Rig.adopted()
  rig.azure.refusing.add(`North Europe ${rig.azure.keys.secondary}`)
  leak(rig, 'primary')
  rig.run(300)
  t.same(rig.azure.regenerated, [])
  t.same(rig.codes, ['PROBE_FAILING'])
  rig.azure.refusing.clear()
  rig.until('completed')
})

t.test(
  'a key that only the thief used goes, though Azure refuses: its check is bypassed',
  async t => {
    const rig = Rig.adopted()
    rig.azure.recentlyUsed.add(rig.azure.keys.primary)
    leak(rig, 'primary')
    rig.until('completed')
    t.same(rig.azure.regenerated, ['primary'])
  },
)

t.test(
  'declared during a rotation it re-plans that one, from every phase and for either slot',
  async t => {
    for (const slot of ['primary', 'secondary'] as const) {
      for (const phase of turnPhases.slice(0, -1)) {
        const rig = Rig.adopted()
        rig.rotate()
        rig.until(phase)
        const before = rig.azure.keys[slot]
        const isNew = phase === (slot === 'primary' ? 'probing-former' : 'probing-standby')
        t.same(leak(rig, slot), [], `${slot} in ${phase}`)
        rig.until('completed')
        // A new key that stands in ARM alone has leaked to nobody: it is seen through, not turned.
        t.equal(rig.azure.keys[slot] === before, isNew, `${slot} in ${phase}`)
        t.equal(rig.record.rotation?.id, 'r1')
        t.same(rig.record.published?.fingerprints, rig.azure.fingerprints)
        t.same(rig.record.published?.fenced, [])
      }
    }
  },
)

t.test('declared on the way back, too, and over a pause', async t => {
  for (const phase of ['regenerating-standby', 'probing-standby', 'baking'] as const) {
    for (const slot of ['primary', 'secondary'] as const) {
      const rig = Rig.adopted()
      rig.rotate()
      rig.until(phase)
      rig.say({ verb: 'abort', by: 'ops', reason: 'changed our minds' })
      rig.say({ verb: 'pause', by: 'ops', reason: 'lunch' })
      const before = rig.azure.keys[slot]
      t.same(leak(rig, slot), [])
      rig.until('completed')
      t.not(rig.azure.keys[slot], before, `${slot} in ${phase}`)
      t.same(rig.record.published?.fingerprints, rig.azure.fingerprints)
    }
  }
})

t.test('what Azure refuses for one slot does not hold up the leaked other one', async t => {
  const rig = Rig.adopted()
  rig.azure.fails = true
  rig.rotate()
  rig.until('regenerating-standby').run(60)
  leak(rig, 'primary')
  rig.azure.fails = false
  rig.until('completed')
  t.same(rig.azure.regenerated, ['primary'])
})

t.test(
  'the new active key refused in the field: back to the leaked one, and it says so',
  async t => {
    const rig = Rig.adopted()
    leak(rig, 'primary')
    rig.until('switching')
    const refusal = { fingerprint: rig.azure.keys.secondary, endpoint: 'https://north-europe' }
    rig.member('one').refused = [refusal]
    rig.until('reverted')
    t.equal(rig.record.published?.active, 'primary')
    t.same(rig.azure.regenerated, [])
  },
)

t.test('one emergency at a time, of a slot that is named', async t => {
  const rig = Rig.adopted()
  t.match(rig.say({ verb: 'rotate', by: 'ops', reason: 'leaked', id: 'e', emergency: true }), [
    { code: 'SLOT_MISSING' },
  ])
  leak(rig, 'primary')
  t.match(leak(rig, 'secondary'), [{ code: 'ROTATION_RUNNING', sentence: /emergency/ }])
})

t.test('an empty fleet is nobody’s word: no deadline waives it', async t => {
  const rig = Rig.adopted({ names: [] })
  leak(rig, 'primary')
  rig.run(300)
  t.same(rig.codes, ['FLEET_UNKNOWN'])
  t.equal(rig.azure.posts, 0)
})

t.test('completed is never waived', async t => {
  const rig = Rig.adopted()
  leak(rig, 'primary')
  rig.until('probing-former')
  rig.member('two').silent = true
  rig.until('publishing-former').run(300)
  t.equal(rig.phase, 'publishing-former')
  rig.member('two').silent = false
  rig.until('completed')
})

t.test('aborted before its first step, it lifts the fence of the plan before', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-standby')
  leak(rig, 'primary')
  t.equal(rig.phase, 'preflight')
  t.same(rig.say({ verb: 'abort', by: 'ops', reason: 'a false alarm' }), [])
  rig.until('reverted')
  t.same(rig.azure.vault?.fenced, [])
})

t.test('a new key that had to be published behind its fence counts as known, and goes', async t => {
  const rig = Rig.adopted()
  rig.rotate({ slot: 'primary' })
  rig.until('regenerating-former').run(9)
  rig.azure.regenerateByHand('secondary')
  rig.run(1)
  const published = rig.azure.vault?.fingerprints.primary
  t.equal(published, rig.azure.keys.primary, 'it went along with the other one')
  leak(rig, 'primary')
  rig.until('completed')
  t.not(rig.azure.keys.primary, published)
})
