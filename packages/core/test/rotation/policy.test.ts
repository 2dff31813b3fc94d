import type { Policy } from '@keyturn/core'
import { Rig } from '@keyturn/testkit'
import t from 'tap'

const approval = {
  before: ['fencing-standby', 'fencing-former'],
  by: ['ada', 'grace', 'ops'],
} satisfies Policy['approval']

const approve = (rig: Rig, by: string) => rig.say({ verb: 'approve', by })

t.test('somebody else approves by name before the phases chosen', async t => {
  const rig = Rig.adopted({ policy: { approval } })
  t.match(approve(rig, 'ada'), [{ code: 'NO_ROTATION' }])
  rig.rotate()
  rig.run(60)
  t.equal(rig.phase, 'preflight')
  t.match(rig.blockers, [{ code: 'APPROVAL_MISSING', sentence: /fencing-standby .* ada or grace/ }])
  t.match(approve(rig, 'mallory'), [{ code: 'NOT_AN_APPROVER', sentence: /ada, grace/ }])
  t.match(approve(rig, 'ops'), [{ code: 'NOT_AN_APPROVER', sentence: /started/ }])
  t.same(approve(rig, 'ada'), [])
  rig.until('baking').run(120)
  t.equal(rig.phase, 'baking', 'one approval is for one phase')
  t.same(rig.codes, ['APPROVAL_MISSING'])
  t.same(rig.say({ verb: 'approve', by: 'grace', phase: 'fencing-former' }), [])
  t.match(approve(rig, 'grace'), [{ code: 'NOTHING_TO_APPROVE' }])
  rig.until('completed')
})

t.test('where no policy asks, there is nothing to approve', async t => {
  const rig = Rig.adopted()
  rig.rotate()
  t.match(approve(rig, 'ada'), [{ code: 'NOTHING_TO_APPROVE' }])
})

t.test('approvals may be given before they are due', async t => {
  const rig = Rig.adopted({ policy: { approval } })
  rig.rotate()
  t.same(approve(rig, 'ada'), [])
  t.same(approve(rig, 'ada'), [], 'of the next one that is missing')
  rig.until('completed')
})

t.test('nothing begins outside the window; what was begun is brought to its end', async t => {
  const rig = Rig.adopted({ policy: { keepsWindows: true } })
  rig.rotate()
  rig.run(30)
  t.match(rig.blockers, [{ code: 'OUTSIDE_WINDOW', sentence: /No maintenance window is known/ }])
  rig.outside.calendar = { insideWindow: false, windowOpensAt: rig.now + 60_000, dueAt: null }
  rig.second()
  t.match(rig.blockers, [{ code: 'OUTSIDE_WINDOW', passesInMs: 59_000, sentence: /opens in 59 s/ }])
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: null }
  rig.until('regenerating-standby')
  rig.outside.calendar = { insideWindow: false, windowOpensAt: 0, dueAt: null }
  rig.until('publishing-standby').run(60)
  t.equal(rig.phase, 'publishing-standby', 'proven and published, but not switched to')
  t.match(rig.blockers, [{ code: 'OUTSIDE_WINDOW', passesInMs: 0 }])
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: null }
  rig.until('completed')
})

t.test('an attempt that is due again asks Azure inside the window, too', async t => {
  const rig = Rig.adopted({ policy: { keepsWindows: true }, limits: { attemptsMax: 100 } })
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: null }
  rig.azure.fails = true
  rig.rotate()
  rig.until('regenerating-standby')
  rig.outside.calendar = { insideWindow: false, windowOpensAt: null, dueAt: null }
  rig.run(120)
  t.same(rig.codes, ['OUTSIDE_WINDOW'])
  t.equal(rig.azure.posts, 1)
})

t.test(
  'outside the window an abort still leads back, and a refused key still rolls back',
  async t => {
    const rig = Rig.adopted({ policy: { keepsWindows: true } })
    rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: null }
    rig.rotate()
    rig.until('baking')
    rig.outside.calendar = { insideWindow: false, windowOpensAt: null, dueAt: null }
    rig.member('one').refused = [
      { fingerprint: rig.azure.keys.secondary, endpoint: 'https://north-europe' },
    ]
    rig.second()
    t.equal(rig.phase, 'reverting')
    rig.member('one').refused = []
    rig.until('reverted')
  },
)

t.test('an emergency asks for neither window nor approval, and says so in the journal', async t => {
  const rig = Rig.adopted({ policy: { keepsWindows: true, approval } })
  rig.rotate({ slot: 'primary', emergency: true })
  rig.until('completed')
  t.same(
    rig.record.rotation?.waivers.map(({ code }) => code),
    ['RECENTLY_USED', 'AZURE_REFUSED', 'APPROVAL_MISSING', 'OUTSIDE_WINDOW'],
  )
})

t.test('a rotation that is due begins by itself, and only once', async t => {
  const rig = Rig.adopted()
  const dueAt = rig.now + 10_000
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt }
  rig.run(9)
  t.equal(rig.phase, null)
  rig.second()
  t.match(rig.record.rotation, { id: 'scheduled-1', startedBy: 'schedule', plan: 'full' })
  rig.run(5)
  t.equal(rig.journal.filter(({ type }) => type === 'rotation-started').length, 1)
  rig.outside.calendar = { insideWindow: true, windowOpensAt: null, dueAt: null }
  rig.until('completed')
})

t.test('as many members as the policy asks for, whatever their names', async t => {
  const fleet = { is: 'members', names: [], atLeast: 3 } as const
  const rig = Rig.adopted({ policy: { fleet } })
  rig.rotate()
  rig.run(30)
  t.match(rig.blockers, [{ code: 'MEMBER_MISSING', sentence: /2 of at least 3/ }])
  rig.policy = { fleet: { ...fleet, atLeast: 2 } }
  rig.until('completed')
})
