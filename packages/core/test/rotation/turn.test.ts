import { turnPhases } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

t.test('a full turn passes every phase once and in order', async t => {
  const rig = Rig.adopted()
  const before = rig.azure.fingerprints
  t.same(rig.rotate(), [])
  rig.until('completed')
  t.same(
    rig.record.rotation?.entered.map(({ name }) => name),
    turnPhases,
  )
  t.same(rig.azure.regenerated, ['secondary', 'primary'], 'standby first, once each')
  t.not(rig.azure.keys.primary, before.primary)
  t.not(rig.azure.keys.secondary, before.secondary)
})

t.test('completed means: both new keys live, published and held by all', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('completed')
  const { published } = rig.record
  t.same(published?.fingerprints, rig.azure.fingerprints)
  t.equal(published?.active, 'secondary')
  t.same(published?.fenced, [])
  t.equal(published?.confirmed, true)
  for (const { held } of rig.members) t.equal(held?.version, published?.version)
})

t.test('nothing is completed while the vault has lost what was published', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('probing-former')
  rig.member('two').deaf = true
  rig.until('publishing-former').second()
  const published = rig.azure.vault
  rig.azure.vault = null
  rig.member('two').deaf = false
  if (published) rig.member('two').hear(published)
  rig.until('completed')
  t.same(rig.azure.vault, published)
})

t.test('a second turn starts from the other slot and comes back', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('completed').run(30)
  rig.rotate()
  t.equal(rig.record.rotation?.from, 'secondary')
  rig.until('completed')
  t.equal(rig.record.published?.active, 'primary')
  t.same(rig.azure.regenerated, ['secondary', 'primary', 'primary', 'secondary'])
})

t.test('nothing is regenerated while a member', async t => {
  const stuck = (change: (rig: Rig) => void, code: string, phase = 'fencing-standby') =>
    t.test(`${code} holds the turn in ${phase}`, async t => {
      const rig = Rig.adopted()
      rig.rotate()
      rig.second()
      change(rig)
      rig.run(300)
      t.equal(rig.phase, phase)
      t.ok(
        rig.blockers.some(blocker => blocker.code === code),
        `says ${code}`,
      )
      t.same(rig.azure.regenerated, [])
      t.equal(rig.azure.posts, 0)
    })
  await stuck(rig => {
    rig.member('two').silent = true
  }, 'MEMBER_STALE')
  await stuck(rig => {
    rig.member('two').deaf = true
    rig.member('two').held = null
  }, 'KEYSET_BEHIND')
  await stuck(rig => {
    rig.member('two').busy.set(rig.azure.keys.secondary, 1)
  }, 'IN_FLIGHT')
  await stuck(rig => {
    rig.member('two').lost = ['app-7']
  }, 'CLIENT_LOST')
  await stuck(rig => {
    rig.member('two').durable = false
  }, 'MEMBER_NOT_DURABLE')
  await stuck(rig => {
    rig.azure.refusing.add(`North Europe ${rig.azure.keys.primary}`)
  }, 'PROBE_FAILING')
})

t.test('whoever holds an edited keyset of the published version holds the gate', async t => {
  for (const edit of [{ active: 'primary' }, { fenced: ['secondary'] }] as const) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until('switching')
    const two = rig.member('two')
    const { published } = rig.record
    two.deaf = true
    two.held = published && { ...published, ...edit }
    rig.run(30)
    t.equal(rig.phase, 'switching')
    t.match(rig.blockers, [{ code: 'KEYSET_BEHIND', member: 'two', sentence: /edited/ }])
    two.deaf = false
    t.same(rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: true }), [])
    rig.until('completed')
  }
})

t.test('an expected member that never reported holds the preflight', async t => {
  const rig = new Rig({ names: ['one', 'two'] })
  rig.member('two').silent = true
  rig.look()
  rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: false })
  rig.run(30)
  rig.rotate()
  rig.run(100)
  t.equal(rig.phase, 'preflight')
  t.same(rig.codes, ['MEMBER_MISSING'])
})

t.test('a new key that one region refuses is not published', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('probing-standby')
  const refused = `North Europe ${rig.azure.keys.secondary}`
  rig.azure.refusing.add(refused)
  rig.run(100)
  t.equal(rig.phase, 'probing-standby')
  t.ok(rig.codes.includes('PROBE_FAILING'))
  rig.azure.refusing.delete(refused)
  rig.until('completed')
})

t.test('an empty fleet blocks: named or not, come or gone', async t => {
  const nobody = Rig.adopted({ names: [] })
  nobody.rotate()
  nobody.run(100)
  t.same(nobody.codes, ['FLEET_UNKNOWN'])
  const left = Rig.adopted({ names: ['one'] })
  left.rotate()
  left.second()
  left.member('one').leaving = true
  left.run(100)
  t.ok(left.codes.includes('FLEET_UNKNOWN'), 'everybody said goodbye')
  t.equal(left.azure.posts, 0)
  left.member('one').leaving = false
  left.until('completed')
})

t.test('no members by somebody’s written word: then there is nobody to wait for', async t => {
  const rig = Rig.adopted({ names: [], nobody: true })
  rig.rotate()
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary', 'primary'])
})

t.test('looks that age faster than they may be repeated starve no gate', async t => {
  const rig = Rig.adopted({ limits: { armPollMs: 20_000, armAgeMsMax: 5_000 } })
  rig.rotate()
  rig.until('completed')
  t.equal(rig.azure.posts, 2)
})
