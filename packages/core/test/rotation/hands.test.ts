import { turnPhases } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

t.test('an abort leads back to the slot that was active', async t => {
  const abortable = turnPhases.slice(0, turnPhases.indexOf('regenerating-former'))
  for (const phase of abortable) {
    await t.test(`from ${phase}`, async t => {
      const rig = Rig.adopted()
      rig.rotate()
      rig.until(phase)
      t.same(rig.say({ verb: 'abort', by: 'ops', reason: 'changed our minds' }), [])
      rig.until('reverted')
      const { published } = rig.record
      t.equal(published?.active, 'primary')
      t.same(published?.fenced, [])
      t.same(published?.fingerprints, rig.azure.fingerprints)
      for (const { held } of rig.members) t.equal(held?.version, published?.version)
      t.notOk(rig.azure.regenerated.includes('primary'), 'the active key was never touched')
      rig.run(30)
      t.same(rig.rotate(), [], 'and another turn may begin')
      rig.until('completed')
    })
  }
})

t.test('once the former key is being regenerated there is no way back', async t => {
  for (const phase of ['regenerating-former', 'probing-former', 'publishing-former'] as const) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until(phase)
    const [blocker] = rig.say({ verb: 'abort', by: 'ops', reason: 'too late' })
    t.equal(blocker?.code, 'TOO_LATE')
    rig.until('completed')
  }
})

t.test('a new key that the field refuses is rolled back while it bakes', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('baking')
  rig.member('one').refused = [
    { fingerprint: rig.azure.keys.secondary, endpoint: 'https://north-europe' },
  ]
  rig.second()
  t.equal(rig.phase, 'reverting')
  rig.member('one').refused = []
  rig.until('reverted')
  t.equal(rig.record.published?.active, 'primary')
})

t.test('the active key refused in the field lifts the fence before anything is sent', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.member('one').deaf = true
  rig.until('fencing-standby')
  rig.member('one').refused = [{ fingerprint: rig.azure.keys.primary, endpoint: 'https://west-us' }]
  rig.second()
  t.equal(rig.phase, 'reverting')
  rig.member('one').deaf = false
  rig.until('reverted')
  t.same(rig.record.published?.fenced, [])
  t.equal(rig.azure.posts, 0)
})

t.test('a pause holds no way back: a fence on a healthy key is lifted all the same', async t => {
  for (const [phase, remaining] of [
    ['fencing-standby', 'primary'],
    ['switching', 'secondary'],
    ['baking', 'secondary'],
    ['fencing-former', 'secondary'],
  ] as const) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until(phase)
    rig.say({ verb: 'pause', by: 'ops', reason: 'lunch' })
    const endpoint = 'https://west-us'
    rig.member('one').refused = [{ fingerprint: rig.azure.keys[remaining], endpoint }]
    rig.run(10)
    t.equal(rig.phase, 'reverting', `from ${phase}`)
    t.same(rig.azure.vault?.fenced, [])
    t.equal(rig.azure.vault?.active, 'primary')
    t.same(rig.codes, ['PAUSED'])
    rig.member('one').refused = []
    rig.say({ verb: 'resume', by: 'ops', reason: 'back' })
    rig.until('reverted')
  }
})

t.test('a key regenerated in the portal is published, whenever it happens', async t => {
  for (const phase of turnPhases.slice(0, -1)) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until(phase)
    rig.azure.regenerateByHand('primary')
    rig.until('completed')
    t.same(rig.record.published?.fingerprints, rig.azure.fingerprints, `in ${phase}`)
  }
})

t.test('without a rotation too: a vault behind ARM is brought up to it', async t => {
  const rig = Rig.adopted()
  rig.azure.regenerateByHand('secondary')
  rig.run(60)
  t.same(rig.azure.vault?.fingerprints, rig.azure.fingerprints)
  t.same(rig.azure.vault?.active, 'primary')
})

t.test('a vault that lost the latest version gets it back', async t => {
  const rig = Rig.adopted()
  const latest = rig.azure.vault
  rig.azure.vault = null
  rig.run(60)
  t.same(rig.azure.vault, latest)
})

t.test('whenever it is lost: a key that is being turned goes along, still fenced', async t => {
  for (const phase of turnPhases.slice(0, -1)) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until(phase)
    rig.azure.vault = null
    rig.until('completed')
    t.same(rig.record.published?.fingerprints, rig.azure.fingerprints, phase)
    t.same(rig.azure.regenerated, ['secondary', 'primary'])
  }
})

t.test('a vault edited by hand is refused, never trampled', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-standby')
  const edited = rig.azure.vault && { ...rig.azure.vault, active: 'secondary' as const, fenced: [] }
  rig.azure.vault = edited
  rig.run(100)
  t.same(rig.codes, ['VAULT_DIFFERS'])
  t.same(rig.azure.vault, edited)
  t.equal(rig.azure.posts, 0)
})

t.test('another installation’s keyset blocks until an operator takes it over', async t => {
  const rig = Rig.adopted()
  const { vault } = rig.azure
  rig.azure.vault = vault && { ...vault, version: 70, installation: 'elsewhere' }
  rig.run(60)
  t.same(rig.codes, ['VAULT_DIFFERS'])
  rig.look()
  t.same(rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: true }), [])
  rig.run(60)
  t.equal(rig.azure.vault?.version, 71, 'above the largest seen')
  rig.rotate()
  rig.until('completed')
})

t.test('paused means: nothing new begins, what was sent is followed', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('regenerating-standby')
  rig.say({ verb: 'pause', by: 'ops', reason: 'freeze' })
  rig.run(60)
  t.equal(rig.phase, 'regenerating-standby')
  t.same(rig.codes, ['PAUSED'])
  t.same(rig.azure.regenerated, ['secondary'])
  rig.say({ verb: 'resume', by: 'ops', reason: 'thawed' })
  rig.until('completed')
})

t.test('verbs refuse', async t => {
  const rig = new Rig()
  const by = { by: 'ops', reason: 'test' }
  const code = (blockers: readonly { code: string }[]) => blockers[0]?.code
  t.equal(code(rig.rotate()), 'NOT_ADOPTED')
  const adopt = { verb: 'adopt', by: 'ops', installation: 'here', takeOver: false } as const
  t.equal(code(rig.say(adopt)), 'ARM_UNREACHABLE')
  rig.look()
  rig.say(adopt)
  t.equal(code(rig.say(adopt)), 'ALREADY_ADOPTED')
  rig.run(30)
  t.equal(code(rig.say({ verb: 'abort', ...by })), 'NO_ROTATION')
  rig.rotate()
  t.equal(code(rig.rotate()), 'ROTATION_RUNNING')
  t.equal(code(rig.say({ verb: 'resume', ...by })), 'NOT_PAUSED')
  t.equal(code(rig.say({ verb: 'pause', by: 'ops', reason: ' ' })), 'REASON_MISSING')
  t.equal(code(rig.say({ verb: 'evict', ...by, member: 'nobody' })), 'UNKNOWN_MEMBER')
})

t.test('an evicted member no longer holds the turn, until it reports again', async t => {
  const rig = Rig.adopted()
  rig.member('two').silent = true
  rig.run(60)
  rig.rotate()
  rig.run(30)
  t.same(rig.codes, ['MEMBER_STALE'])
  rig.say({ verb: 'evict', by: 'ops', reason: 'machine is gone', member: 'two' })
  rig.until('fencing-standby')
  rig.member('two').silent = false
  rig.second()
  t.equal(rig.fleet.rows.find(({ name }) => name === 'two')?.standing, 'joined')
})

t.test('of two under one name an eviction takes the one that fell silent', async t => {
  const rig = Rig.adopted()
  const dead = rig.fleet.rows.find(({ name }) => name === 'two')?.incarnation
  rig.member('two').incarnation = 'two-2'
  rig.run(60)
  rig.rotate()
  rig.run(30)
  t.ok(rig.codes.includes('MEMBER_TWIN'))
  t.same(rig.say({ verb: 'evict', by: 'ops', reason: 'machine is gone', member: 'two' }), [])
  const standing = (incarnation: string | undefined) =>
    rig.fleet.rows.find(row => row.incarnation === incarnation)?.standing
  t.equal(standing(dead), 'evicted')
  t.equal(standing('two-2'), 'joined')
  rig.until('completed')
})
