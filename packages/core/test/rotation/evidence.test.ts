import { azureRefusesMs, decide, type Policy } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

const evidence = { is: 'azure', lagMs: 60_000, strayQuietMs: 600_000, pollMs: 10_000 } as const
const policy: Partial<Policy> = { evidence }

t.test('evidence agrees when the last use precedes the fence, read so much later', async t => {
  const rig = Rig.adopted({ policy })
  rig.outside.lastUse.secondary = rig.now
  rig.rotate()
  rig.until('fencing-standby')
  const since = rig.now
  rig.run(30)
  t.same(rig.codes, ['EVIDENCE_PENDING'])
  t.match(rig.blockers, [{ sentence: /counts in \d+ s/ }])
  rig.until('regenerating-standby')
  t.ok(rig.now - since >= evidence.lagMs)
  rig.until('completed')
})

t.test('a stray that only Azure sees blocks, with the last time, until it stops', async t => {
  const rig = Rig.adopted({ policy })
  rig.rotate()
  rig.until('fencing-standby')
  for (let second = 0; second < 300; second += 1) {
    rig.outside.lastUse.secondary = rig.now
    rig.second()
  }
  t.same(rig.codes, ['RECENTLY_USED'])
  t.match(rig.blockers, [{ fingerprint: rig.azure.keys.secondary, sentence: /used \d+ s ago/ }])
  t.equal(rig.azure.posts, 0)
  const stopped = rig.now
  rig.until('regenerating-standby')
  t.ok(rig.now - stopped >= evidence.strayQuietMs - 10_000)
  rig.until('completed')
})

t.test('a use that Azure shows late is seen all the same', async t => {
  const rig = Rig.adopted({ policy })
  rig.rotate()
  rig.until('fencing-standby').run(50)
  rig.outside.lastUse.secondary = rig.now - 30_000
  rig.run(100)
  t.same(rig.codes, ['RECENTLY_USED'])
  t.same(rig.azure.regenerated, [])
})

t.test('evidence that cannot be read agrees with nothing', async t => {
  const rig = Rig.adopted({ policy })
  rig.outside.evidenceDown = true
  rig.rotate()
  rig.run(300)
  t.equal(rig.phase, 'preflight', 'nothing is fenced for a word that cannot be read')
  t.match(rig.blockers, [{ code: 'EVIDENCE_PENDING', sentence: /\(down\)/ }])
  rig.outside.evidenceDown = false
  rig.until('fencing-standby').run(1)
  rig.outside.evidenceDown = true
  rig.run(300)
  t.equal(rig.phase, 'fencing-standby')
  t.match(rig.blockers, [{ code: 'EVIDENCE_PENDING', sentence: /\(down\)/ }])
  rig.outside.evidenceDown = false
  rig.until('completed')
})

t.test('it is asked for once the fleet is ready, or has let go, and not at every turn', async t => {
  const rig = Rig.adopted({ policy })
  rig.member('one').busy.set(rig.azure.keys.secondary, 1)
  rig.rotate()
  rig.run(60)
  t.equal(rig.phase, 'preflight')
  t.equal(rig.outside.reads, 0, 'a fleet that uses the standby is not ready')
  rig.member('one').busy.clear()
  rig.until('fencing-standby')
  t.equal(rig.outside.reads, 1, 'it can be read')
  rig.member('one').busy.set(rig.azure.keys.secondary, 1)
  rig.run(60)
  t.equal(rig.outside.reads, 1, 'a fleet that has not let go is not asked about')
  rig.member('one').busy.clear()
  rig.run(31)
  const { reads } = rig.outside
  t.ok(reads >= 4 && reads <= 6, `${reads}`)
})

t.test('an emergency does not wait for a word that cannot be read', async t => {
  const rig = Rig.adopted({ policy })
  rig.outside.evidenceDown = true
  rig.rotate({ slot: 'primary', emergency: true })
  rig.until('completed')
  t.equal(rig.azure.posts, 1)
})

t.test('a new leader reads it anew, and keeps what the journal says of the fence', async t => {
  const rig = Rig.adopted({ policy })
  rig.rotate()
  rig.until('fencing-standby').run(5)
  rig.restart()
  const acknowledged = rig.record.rotation?.fenceAcknowledged
  t.type(acknowledged, 'number')
  t.match(rig.world().evidence, null)
  rig.run(1)
  rig.until('regenerating-standby')
  t.equal(rig.record.rotation?.fenceAcknowledged, acknowledged)
  rig.until('completed')
  t.equal(
    rig.journal.filter(({ type }) => type === 'fence-acknowledged').length,
    2,
    'one per fence',
  )
})

t.test('in an emergency the thief’s use does not stop it', async t => {
  const rig = Rig.adopted({ policy })
  rig.rotate({ slot: 'primary', emergency: true })
  for (let second = 0; second < 60; second += 1) {
    rig.outside.lastUse.primary = rig.now
    rig.second()
  }
  t.equal(rig.phase, 'completed')
})

t.test('Azure’s own refusal is a blocker with the time when it will pass', async t => {
  const rig = Rig.adopted()
  rig.azure.recentlyUsed.add(rig.azure.keys.secondary)
  rig.rotate()
  rig.until('regenerating-standby').run(3_600)
  t.match(rig.blockers, [{ code: 'AZURE_REFUSED', sentence: /asked again in 11 h 0 min/ }])
  t.equal(rig.azure.posts, 0, 'it was asked once, and not again')
  rig.azure.recentlyUsed.clear()
  rig.until('probing-standby', azureRefusesMs / 1_000)
  rig.until('completed')
})

t.test('it counts from the last use that is known', async t => {
  const rig = Rig.adopted({ policy: { evidence: { ...evidence, lagMs: 0 } } })
  rig.azure.recentlyUsed.add(rig.azure.keys.secondary)
  rig.outside.lastUse.secondary = rig.now - 39_600_000
  rig.rotate()
  rig.until('regenerating-standby').run(60)
  const [blocker] = rig.blockers
  t.ok((blocker?.passesInMs ?? 0) < azureRefusesMs - 39_000_000, JSON.stringify(blocker))
})

t.test('bypassed once our own proof stands, by the policy or by an operator’s waiver', async t => {
  const byPolicy = Rig.adopted({ policy: { azureRefusal: 'bypass' } })
  byPolicy.azure.recentlyUsed.add(byPolicy.azure.keys.secondary)
  byPolicy.rotate()
  byPolicy.until('completed')
  const byWord = Rig.adopted()
  byWord.azure.recentlyUsed.add(byWord.azure.keys.secondary)
  byWord.rotate()
  byWord.until('regenerating-standby').run(60)
  const waive = { verb: 'waive', by: 'ops', reason: 'our own test', code: 'AZURE_REFUSED' } as const
  t.same(byWord.say(waive), [])
  byWord.until('completed')
})

t.test('a report that came while Azure was asked puts the mark off', async t => {
  const rig = Rig.adopted({ policy })
  rig.rotate()
  rig.member('one').deaf = true
  rig.until('fencing-standby').run(5)
  rig.outside.readEvidence(rig.now)
  t.match(decide(rig.world()), { kind: 'wait', blockers: [{ code: 'KEYSET_BEHIND' }] })
})
