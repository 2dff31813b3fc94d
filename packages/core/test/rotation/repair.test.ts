import { decide, fold, type Latest, openSince, turnPhases } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

const repaired = { by: 'ada', reason: 'the secret was gone' }

/** What an operator's tool writes: Azure's keys, above whatever is known. */
const repair = (rig: Rig, change: Partial<Latest> = {}): Latest => {
  const { published, installation } = rig.record
  const version = (published?.version ?? 0) + 3
  const { fingerprints } = rig.azure
  const written = { version, active: 'primary', fenced: [], fingerprints, installation } as const
  rig.azure.vault = { ...written, repaired, ...change }
  return rig.azure.vault
}

t.test('in every phase a coordinator goes on from a vault that was repaired', async t => {
  for (const phase of turnPhases.slice(0, -1)) {
    await t.test(`from ${phase}`, async t => {
      const rig = Rig.adopted()
      rig.rotate()
      rig.until(phase)
      const before = rig.record.published
      const { version } = repair(rig)
      rig.restart()
      rig.until('completed')
      const above = rig.journal.find(event => 'because' in event && event.because === 'repaired')
      t.match(above, {
        publication: { version: version + 1, active: before?.active, fenced: before?.fenced },
        repair: repaired,
      })
      t.same([...rig.azure.regenerated], ['secondary', 'primary'], 'each key once')
      t.same(rig.record.published?.fingerprints, rig.azure.fingerprints)
      for (const { held } of rig.members) t.equal(held?.version, rig.record.published?.version)
    })
  }
})

t.test('a repair that lifted the fence opens no gate: the fence is acknowledged anew', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('fencing-standby')
  rig.member('one').deaf = true
  const { version } = repair(rig)
  rig.member('one').held = rig.azure.vault && { ...rig.azure.vault }
  rig.run(60)
  t.equal(rig.phase, 'fencing-standby')
  t.same(rig.azure.regenerated, [])
  t.ok((rig.record.published?.version ?? 0) > version)
  rig.member('one').deaf = false
  rig.until('completed')
})

t.test('without a rotation the journal’s own roles are published above the repair', async t => {
  const rig = Rig.adopted()
  const { version } = repair(rig, { active: 'secondary', installation: null })
  rig.run(60)
  t.match(rig.record.published, { version: version + 1, active: 'primary', confirmed: true })
  t.same(rig.azure.vault?.repaired, undefined)
})

t.test(
  'another installation’s repair, and an unsigned edit, stay an operator’s to judge',
  async t => {
    for (const change of [{ installation: 'elsewhere' }, { repaired: undefined }]) {
      const rig = Rig.adopted()
      const before = rig.record.published?.version
      repair(rig, change)
      rig.run(5)
      t.equal(rig.record.published?.version, before)
      t.match(decide(rig.world()), { kind: 'wait', blockers: [{ code: 'VAULT_DIFFERS' }] })
    }
  },
)

t.test('a repair that is older than the journal is simply overwritten', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('baking')
  const published = rig.record.published
  repair(rig, { version: 1 })
  rig.run(40)
  t.equal(rig.azure.vault?.version, published?.version)
  t.notOk(rig.journal.some(event => 'because' in event && event.because === 'repaired'))
})

t.test('a repair older than one that members follow: versions continue above both', async t => {
  const rig = Rig.adopted()
  const one = rig.member('one')
  const { version } = repair(rig)
  one.deaf = true
  one.held = rig.azure.vault && { ...rig.azure.vault, version: version + 7 }
  rig.second()
  t.equal(rig.record.published?.version, version + 8)
})

t.test('P6: Azure’s evidence counts from the fence after a repair, not from before', async t => {
  const limits = { lagMs: 60_000, pollMs: 10_000, strayQuietMs: 100_000 }
  const rig = Rig.adopted({ policy: { evidence: { is: 'azure', ...limits } } })
  rig.rotate()
  rig.until('fencing-standby')
  rig.run(30)
  t.type(rig.record.rotation?.fenceAcknowledged, 'number')
  // The fence is not in what is repaired: somebody fails over, and uses the key.
  repair(rig)
  rig.outside.lastUse.secondary = rig.now
  rig.restart()
  rig.turns()
  t.equal(rig.record.rotation?.fenceAcknowledged, null)
  const repairedAt = rig.now
  for (let left = 300; left > 0 && rig.phase === 'fencing-standby'; left -= 1) {
    rig.second()
    t.notOk(rig.codes.includes('RECENTLY_USED'), 'nobody is called a stray')
  }
  t.equal(rig.phase, 'regenerating-standby')
  t.ok(rig.now - repairedAt >= limits.lagMs)
})

t.test('who holds what other hands published is not known to be able to sign', async t => {
  const { record } = Rig.adopted()
  const { published } = record
  if (!published) throw new Error('adopted')
  const { version, active, fenced, fingerprints } = published
  const publication = { version: version + 5, active, fenced, fingerprints }
  const after = fold(record, { type: 'publish-intended', publication, because: 'repaired' }, 0)
  const plain = fold(record, { type: 'publish-intended', publication }, 0)
  t.equal(after.published && openSince(after.published, 'secondary'), version + 5)
  t.equal(plain.published && openSince(plain.published, 'secondary'), version)
  const takesOver = { ...record, takesOver: true }
  const taken = fold(takesOver, { type: 'publish-intended', publication }, 0)
  t.equal(taken.published && openSince(taken.published, 'secondary'), version + 5)
})
