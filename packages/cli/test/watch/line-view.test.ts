import t from 'tap'
import type { Followed } from '../../src/account-events.ts'
import type { Blocker } from '../../src/blockers/groups.ts'
import { LineView } from '../../src/watch/line-view.ts'
import { expecting, heard, nothingYet } from '../../src/watch/watched.ts'
import { FakeHost } from '../support/host.ts'
import { behind, progress } from '../support/watched.ts'

const at = Date.parse('2026-11-27T14:50:00Z')

/** Tells the view one event after the other, each so many seconds after the first. */
const told = async (events: readonly (readonly [seconds: number, event: Followed])[]) => {
  const host = new FakeHost([])
  let now = at
  const view = new LineView(host, () => now)
  let watched = expecting(nothingYet, {
    steps: [
      { phase: 'baking', does: '', approval: false, estimateMs: 900_000, basis: 'limits' as const },
    ],
  })
  for (const [seconds, event] of events) {
    now = at + seconds * 1_000
    const before = watched
    watched = heard(before, event, now)
    view.hears(event, before, watched)
  }
  view.stops()
  await new Promise(resolve => setImmediate(resolve))
  return host.out
    .trimEnd()
    .split('\n')
    .map(line => line.replace('2026-11-27T14:', ''))
}

const blocked = (blockers: Blocker[]): Followed => ({
  is: 'blockers',
  revision: 1,
  data: { count: blockers.length, blockers },
})

const held = (members: number, done: number): Followed => ({
  is: 'progress',
  revision: 1,
  data: progress(members, done, { going: null }),
})

const entered = (at: string): Followed => ({
  is: 'journal',
  revision: 1,
  data: {
    ...{ revision: 1, epoch: 1, at: 0, wallTime: '2026-11-27T14:50:09.000Z' },
    event: { type: 'phase-entered', phase: { at } },
  },
})

t.test('blockers are told when they come and when they go, with who and what to do', async t => {
  t.same(
    await told([
      [0, blocked(behind(3))],
      [1, blocked(behind(2))],
      [2, blocked([{ code: 'MEMBER_STALE', member: 'one', sentence: 'It is silent.' }])],
      [3, blocked([])],
    ]),
    [
      '50:00.000Z  waits: KEYSET_BEHIND (orders-1, orders-2, orders-3): Member orders-1 acknowledged version 6 of 7: see which of its clients is behind. keyturn fleet',
      '50:02.000Z  clear: KEYSET_BEHIND',
      '50:02.000Z  waits: MEMBER_STALE: It is silent. keyturn evict one --reason "…"',
      '50:03.000Z  clear: MEMBER_STALE',
    ],
  )
})

t.test('how far a large fleet is, now and then, and at once when it is done', async t => {
  const events = Array.from({ length: 201 }, (_, done) => [done * 0.1, held(200, done)] as const)
  const lines = await told(events)
  t.same(lines, [
    '50:00.000Z  version 7 is held by 0 of 200 members',
    '50:10.000Z  version 7 is held by 100 of 200 members',
    '50:20.000Z  version 7 is held by 200 of 200 members',
  ])
  t.same(await told([[0, held(0, 0)]]), [''], 'of an empty fleet there is nothing to tell')
})

t.test('a coordinator that is away is told once, and that it is back', async t => {
  const away: Followed = { is: 'away', sentence: 'No coordinator answers.' }
  t.same(
    await told([
      [0, away],
      [1, away],
      [2, away],
      [3, held(1, 1)],
    ]),
    [
      '50:00.000Z  The coordinator does not answer: the rotation goes on when it is back.',
      '50:03.000Z  The coordinator is back.',
      '50:03.000Z  version 7 is held by 1 of 1 member',
    ],
  )
})

t.test('an entry of the journal is told with its own time, and how long it takes', async t => {
  t.same(
    await told([
      [60, entered('baking')],
      [61, entered('switching')],
    ]),
    [
      '50:09.000Z  Phase baking began. It takes about 15 min.',
      '50:09.000Z  Phase switching began.',
    ],
  )
})
