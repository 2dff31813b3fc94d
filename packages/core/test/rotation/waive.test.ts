import { type BlockerCode, blockerCodes, isWaivable, waivableCodes } from '@keyturn/core'
import { fingerprint, Rig } from '@keyturn/testkit'
import t from 'tap'

const waive = (rig: Rig, code: BlockerCode, who: { member?: string; client?: string } = {}) =>
  rig.say({ verb: 'waive', by: 'ops', reason: 'we know it', code, ...who })

t.test('a waiver takes one blocker of one member out of the way, for one slot', async t => {
  const rig = Rig.adopted()
  rig.member('one').durable = false
  rig.member('two').durable = false
  rig.rotate()
  rig.run(10)
  t.same(waive(rig, 'MEMBER_NOT_DURABLE', { member: 'one' }), [])
  rig.run(10)
  t.same(
    rig.blockers.map(({ code, member }) => [code, member]),
    [['MEMBER_NOT_DURABLE', 'two']],
  )
  waive(rig, 'MEMBER_NOT_DURABLE', { member: 'two' })
  rig.until('baking').run(120)
  t.equal(rig.phase, 'fencing-former')
  t.same(rig.codes, ['MEMBER_NOT_DURABLE'], 'the other slot is another risk')
  t.match(
    rig.journal,
    [{ type: 'waived', slot: 'secondary', by: 'ops', reason: 'we know it' }].slice(1),
  )
  t.ok(rig.journal.some(event => event.type === 'waived' && event.member === 'one'))
})

t.test('a client is waived alone, or all of a member’s', async t => {
  const rig = Rig.adopted()
  rig.member('one').lost = ['app-1', 'app-2']
  rig.rotate()
  rig.run(5)
  waive(rig, 'CLIENT_LOST', { member: 'one', client: 'app-1' })
  rig.run(5)
  t.same(
    rig.blockers.map(({ client }) => client),
    ['app-2'],
  )
  waive(rig, 'CLIENT_LOST', { member: 'one' })
  rig.until('regenerating-standby')
})

t.test('waivers cover who uses the key that goes, never the key that remains', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  const never: BlockerCode[] = [
    'ACTIVE_REFUSED',
    'PROBE_FAILING',
    'PROBE_PENDING',
    'ARM_DIFFERS',
    'ARM_UNREACHABLE',
    'VAULT_DIFFERS',
    'VAULT_UNREACHABLE',
    'ACCOUNT_BUSY',
    'APPROVAL_MISSING',
  ]
  for (const code of never) t.match(waive(rig, code), [{ code: 'NOT_WAIVABLE' }], code)
  for (const code of waivableCodes) t.ok(blockerCodes.includes(code), code)
})

t.test('whoever lacks the key that remains cannot be waived away', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.until('probing-standby')
  rig.member('two').deaf = true
  rig.until('publishing-standby').run(20)
  t.same(rig.codes, ['KEYSET_BEHIND'])
  t.same(waive(rig, 'KEYSET_BEHIND', { member: 'two' }), [], 'about the standby: it holds primary')
  rig.until('switching').run(5)
  t.match(waive(rig, 'KEYSET_BEHIND', { member: 'two' }), [{ code: 'NOT_WAIVABLE' }])
  rig.member('two').held = null
  rig.run(5)
  t.match(waive(rig, 'KEYSET_BEHIND', { member: 'two' }), [{ code: 'NOT_WAIVABLE' }])
  rig.member('two').deaf = false
  rig.until('completed')
})

t.test('a waiver that a later report overtakes strands nobody', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.second()
  rig.member('two').deaf = true
  rig.run(5)
  t.same(waive(rig, 'KEYSET_BEHIND', { member: 'two' }), [])
  t.same(waive(rig, 'NOT_FENCED', { member: 'two' }), [])
  const two = rig.member('two')
  two.held = two.held && { ...two.held, fenced: ['primary'] }
  rig.run(60)
  t.ok(rig.codes.includes('KEYSET_BEHIND'), 'waived, and blocks all the same')
  t.equal(rig.azure.posts, 0)
})

t.test('a member that acknowledges nothing any more still holds what it acknowledged', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.second()
  rig.member('two').held = null
  rig.member('two').deaf = true
  rig.run(5)
  for (const code of ['KEYSET_BEHIND', 'NOT_FENCED', 'IN_FLIGHT'] as const) {
    t.same(waive(rig, code, { member: 'two' }), [], code)
  }
  rig.until('regenerating-standby')
})

t.test(
  'a journal that does not say since when a key is open waives only who is not behind',
  async t => {
    const rig = Rig.adopted()
    rig.rotate()
    rig.second()
    rig.member('two').deaf = true
    rig.run(5)
    const blocker = { code: 'KEYSET_BEHIND', member: 'two', sentence: '' } as const
    const guarded = { slot: 'secondary', remaining: 'primary' } as const
    const world = rig.world()
    const { published } = world.record
    t.ok(published && isWaivable(world, guarded, blocker))
    const older = published && (({ openSince: _, ...rest }) => rest)(published)
    t.notOk(
      isWaivable({ ...world, record: { ...world.record, published: older } }, guarded, blocker),
    )
    t.notOk(
      isWaivable({ ...world, record: { ...world.record, published: null } }, guarded, blocker),
    )
  },
)

t.test('whoever holds another key that a person put there, open, is not waived', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  rig.second()
  const two = rig.member('two')
  two.deaf = true
  const fingerprints = { ...rig.azure.keys, primary: fingerprint(0xf1) }
  two.held = two.held && { ...two.held, version: 99, fenced: [], fingerprints }
  rig.run(5)
  t.match(waive(rig, 'KEYSET_BEHIND', { member: 'two' }), [{ code: 'NOT_WAIVABLE' }])
})

t.test('a layout without fences is waived by the member’s name', async t => {
  const rig = Rig.adopted()
  const { vault } = rig.azure
  const two = rig.member('two')
  rig.rotate()
  rig.second()
  two.deaf = true
  two.held = vault && { ...vault, version: 0, fenced: [] }
  rig.run(20)
  t.same(rig.codes, ['KEYSET_BEHIND', 'NOT_FENCED'])
  waive(rig, 'KEYSET_BEHIND', { member: 'two' })
  waive(rig, 'NOT_FENCED', { member: 'two' })
  rig.until('regenerating-standby')
})

t.test('a waiver names what exists', async t => {
  const rig = Rig.adopted()
  t.match(waive(rig, 'MEMBER_STALE', { member: 'one' }), [{ code: 'NO_ROTATION' }])
  rig.rotate()
  t.match(waive(rig, 'MEMBER_STALE'), [{ code: 'UNKNOWN_MEMBER', sentence: /by name/ }])
  t.match(waive(rig, 'MEMBER_STALE', { member: 'three' }), [{ code: 'UNKNOWN_MEMBER' }])
  t.match(waive(rig, 'CONSUMER_PENDING'), [{ code: 'UNKNOWN_CONSUMER' }])
  rig.policy = { fleet: { is: 'none', acceptedBy: 'ops', reason: 'test' } }
  t.same(waive(rig, 'MEMBER_STALE', { member: 'one' }), [], 'it has joined')
})

t.test(
  'what was waived for an earlier turn of a slot is asked anew when its key leaks',
  async t => {
    const rig = Rig.adopted()
    rig.member('one').durable = false
    rig.rotate()
    rig.run(10)
    waive(rig, 'MEMBER_NOT_DURABLE', { member: 'one' })
    rig.until('baking')
    const leak = { verb: 'rotate', by: 'ops', reason: 'leaked', id: 'r2' } as const
    t.same(rig.say({ ...leak, slot: 'secondary', emergency: true }), [])
    rig.run(30)
    t.equal(rig.phase, 'preflight')
    t.same(rig.codes, ['MEMBER_NOT_DURABLE'])
    rig.until('completed')
    t.same(rig.azure.regenerated, ['secondary', 'secondary'])
  },
)

t.test('what is waived while the leaked slot is turned holds to its end', async t => {
  const rig = Rig.adopted()
  rig.member('one').durable = false
  rig.azure.regenerationMs = 60_000
  rig.rotate()
  rig.run(10)
  waive(rig, 'MEMBER_NOT_DURABLE', { member: 'one' })
  rig.until('regenerating-standby')
  const leak = { verb: 'rotate', by: 'ops', reason: 'leaked', id: 'r2' } as const
  rig.say({ ...leak, slot: 'secondary', emergency: true })
  t.ok(rig.record.rotation?.waivers.some(({ code }) => code === 'MEMBER_NOT_DURABLE'))
  rig.until('completed')
  t.same(rig.azure.regenerated, ['secondary'])
})
