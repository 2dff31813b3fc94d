import { type Member, receive } from '@keyturn/core'
import { FakeMember, fingerprint } from '@keyturn/testkit'
import t from 'tap'

const keys = { primary: fingerprint(1), secondary: fingerprint(2) }
const publication = (version: number) =>
  ({ version, active: 'primary', fenced: ['secondary'], fingerprints: keys }) as const

const joinedAs = (member: FakeMember): readonly Member[] => {
  const received = receive(member.name, [], member.report(0), 0)
  t.ok(received.taken)
  return received.taken ? received.rows : []
}

t.test('a late or repeated report changes nothing', async t => {
  const member = new FakeMember('one')
  member.hear(publication(1))
  const first = member.report(0)
  const rows = joinedAs(member)
  t.same(receive('one', rows, first, 9), { taken: false, why: 'late' })
  t.same(receive('one', rows, { ...first, sequence: 2 }, 9), { taken: false, why: 'late' })
})

t.test('joining weakens the fleet, and so does whatever could shut a gate again', async t => {
  const member = new FakeMember('one')
  member.hear(publication(2))
  const first = receive('one', [], member.report(0), 0)
  t.ok(first.taken && first.weakens, 'joining')
  const rows = first.taken ? first.rows : []
  const next = (change: (member: FakeMember) => void) => {
    const copy = Object.assign(new FakeMember('one'), { sequence: 1, held: member.held })
    change(copy)
    const received = receive('one', rows, copy.report(1), 1)
    return received.taken && received.weakens
  }
  t.notOk(
    next(() => {}),
    'the same again does not',
  )
  t.notOk(
    next(copy => copy.hear(publication(3))),
    'a newer version does not',
  )
  t.ok(
    next(copy => copy.hear(publication(1))),
    'an older version',
  )
  t.ok(
    next(copy => {
      copy.held = null
    }),
    'an acknowledgement taken back',
  )
  t.ok(
    next(copy => copy.busy.set(keys.secondary, 1)),
    'a request in flight',
  )
  t.ok(
    next(copy => {
      copy.lost = ['app']
    }),
    'a client lost',
  )
  t.ok(
    next(copy => {
      copy.refused = [{ fingerprint: keys.primary, endpoint: 'west' }]
    }),
    'a key refused',
  )
  t.ok(
    next(copy => {
      copy.durable = false
    }),
    'durable no more',
  )
  t.ok(
    next(copy => {
      copy.stalenessMsMax = 1
    }),
    'a source that may lag for longer',
  )
  for (const torn of [
    { active: 'secondary' as const },
    { fenced: [] },
    { fingerprints: { ...keys, primary: fingerprint(3) } },
  ]) {
    t.ok(
      next(copy => {
        copy.held = copy.held && { ...copy.held, ...torn }
      }),
      `the same version with another ${Object.keys(torn)}`,
    )
  }
  t.ok(
    next(copy => copy.hear({ ...publication(3), fenced: [] })),
    'a newer version without the fence',
  )
  t.ok(
    next(copy =>
      copy.hear({ ...publication(3), fingerprints: { ...keys, secondary: fingerprint(3) } }),
    ),
    'a key that the report no longer names',
  )
})

t.test('a new incarnation with the old one’s durable state replaces it', async t => {
  const member = new FakeMember('one')
  const rows = joinedAs(member)
  member.incarnation = 'one-2'
  member.previousIncarnation = 'one-1'
  const received = receive('one', rows, member.report(1), 1)
  t.same(
    received.taken && received.rows.map(({ incarnation, standing }) => [incarnation, standing]),
    [
      ['one-2', 'joined'],
      ['one-1', 'replaced'],
    ],
  )
})

t.test('what was acknowledged is remembered while nothing is, and by who comes after', async t => {
  const member = new FakeMember('one')
  member.hear(publication(1))
  const known = member.held
  const hears = (rows: readonly Member[]): readonly Member[] => {
    const received = receive('one', rows, member.report(1), 1)
    return received.taken ? received.rows : []
  }
  const lastOf = (rows: readonly Member[]) => rows.map(row => row.lastAcknowledged)
  let rows = joinedAs(member)
  t.same(lastOf(rows), [undefined], 'its report says it')
  member.held = null
  rows = hears(rows)
  t.same(lastOf(rows), [known])
  rows = hears(rows)
  t.same(lastOf(rows), [known], 'again')
  member.incarnation = 'one-2'
  member.previousIncarnation = 'one-1'
  t.same(lastOf(hears(rows)).slice(0, 1), [known], 'it presents the durable state')
  member.previousIncarnation = null
  t.same(lastOf(hears(rows)).slice(0, 1), [undefined], 'nobody knows what it has forgotten')
})

t.test('one without it stands beside the old one, which then blocks', async t => {
  const member = new FakeMember('one')
  const rows = joinedAs(member)
  member.incarnation = 'one-2'
  const received = receive('one', rows, member.report(1), 1)
  t.same(received.taken && received.rows.map(({ incarnation }) => incarnation), ['one-2'])
})

t.test('a row says which pod reported last: a name may return with another', async t => {
  const member = new FakeMember('one')
  const pod = { name: 'one', uid: 'u-1', namespace: 'shop' }
  const first = receive('one', [], { ...member.report(0), pod }, 0)
  t.same(first.taken && first.rows[0]?.report.pod, pod)
  const rows = first.taken ? first.rows : []
  const moved = { ...member.report(1), pod: { ...pod, uid: 'u-2' } }
  const then = receive('one', rows, moved, 1)
  t.equal(then.taken && then.rows[0]?.report.pod?.uid, 'u-2')
})

t.test('a goodbye counts only when every client is gone', async t => {
  const member = new FakeMember('one')
  const rows = joinedAs(member)
  const goodbye = { ...member.report(1), goodbye: true }
  const standing = (clients: { attached: number; lost: string[] }) => {
    const received = receive('one', rows, { ...goodbye, clients }, 1)
    return received.taken ? received.rows[0]?.standing : null
  }
  t.equal(standing({ attached: 0, lost: [] }), 'gone')
  t.equal(standing({ attached: 1, lost: [] }), 'joined')
  t.equal(standing({ attached: 0, lost: ['app'] }), 'joined')
})
