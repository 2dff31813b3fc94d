import { turnPhases } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

const adoptAgain = { verb: 'adopt', by: 'ops', installation: 'here', takeOver: true } as const

t.test('somebody writes under our name, members follow: that can be adopted again', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-standby')
  rig.look()
  t.match(rig.say(adoptAgain), [{ code: 'ALREADY_ADOPTED' }], 'nothing is in other hands yet')
  const { vault } = rig.azure
  rig.azure.vault = vault && { ...vault, version: 9, active: 'secondary', fenced: [] }
  rig.run(60)
  t.same(rig.codes, ['VAULT_DIFFERS'])
  rig.look()
  t.same(rig.say(adoptAgain), [])
  t.equal(rig.record.published?.version, 10)
  rig.until('completed')
})

t.test('the vault is restored, members followed what stood there: adopted above it', async t => {
  for (const ahead of [0, 1]) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until('fencing-standby')
    const ours = rig.azure.vault
    rig.azure.vault = ours && { ...ours, version: ours.version + ahead, fenced: [] }
    rig.second()
    // A ring never goes back to what is restored.
    for (const member of rig.members) member.deaf = true
    rig.azure.vault = ours
    rig.run(60)
    t.equal(rig.codes.at(-1), 'NOT_FENCED')
    rig.look()
    t.same(rig.say(adoptAgain), [])
    for (const member of rig.members) member.deaf = false
    rig.until('completed')
  }
})

t.test('only a client remembers what stood in the vault: adopted above it', async t => {
  for (const remembered of ['a client', 'a floor'] as const) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until('fencing-standby')
    const { published } = rig.record
    if (!published) throw new Error('a turn has published its fence')
    const version = published.version + 7
    const { confirmed: _, at: __, ...ours } = published
    const [member] = rig.members
    if (!member) throw new Error('a rig has a member')
    // The member started again on what was restored; its client never goes back to that.
    if (remembered === 'a client') member.ahead = { ...ours, version, fenced: [] }
    else member.floor = version
    rig.second()
    rig.look()
    t.same(rig.say(adoptAgain), [], remembered)
    t.equal(rig.record.published?.version, version + 1, 'above what is remembered')
    t.same(rig.record.published?.fenced, ours.fenced)
    rig.until('completed')
    t.match(rig.say(adoptAgain), [{ code: 'ALREADY_ADOPTED' }], 'and that is enough')
  }
})

t.test('other content under our version is in a client’s hands: adopted again', async t => {
  const rig = Rig.adopted()
  const { published } = rig.record
  const [member] = rig.members
  if (!member || !published) throw new Error('a rig has a member, and has published')
  const { confirmed: _, at: __, ...ours } = published
  rig.look()
  member.ahead = ours
  rig.run(60)
  t.match(rig.say(adoptAgain), [{ code: 'ALREADY_ADOPTED' }], 'what we wrote is no other hand')
  member.ahead = { ...ours, active: 'secondary' }
  member.deaf = true
  member.held = { ...ours, version: 0 }
  rig.run(60)
  rig.rotate()
  rig.run(60)
  t.match(rig.blockers, [{ code: 'KEYSET_BEHIND', sentence: /stays with version 1.*adopt/ }])
  rig.look()
  t.same(rig.say(adoptAgain), [])
})

t.test('a take-over while a turn runs keeps its fences and its way', async t => {
  for (const phase of turnPhases.slice(1, -1)) {
    const rig = Rig.adopted()
    rig.rotate()
    rig.until(phase)
    const { published } = rig.record
    const { vault } = rig.azure
    rig.azure.vault = vault && {
      ...vault,
      version: 70,
      active: 'primary',
      fenced: [],
      installation: 'elsewhere',
    }
    rig.look()
    t.same(rig.say({ verb: 'adopt', by: 'ops', installation: 'anew', takeOver: true }), [])
    t.same(rig.record.published?.fenced, published?.fenced, phase)
    t.equal(rig.record.published?.active, published?.active)
    t.equal(rig.record.published?.version, 71)
    rig.until('completed')
    t.equal(rig.record.published?.active, 'secondary')
    t.same(rig.azure.regenerated, ['secondary', 'primary'])
  }
})
