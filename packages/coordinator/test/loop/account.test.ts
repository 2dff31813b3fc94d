import { forgetMs } from '@keyturn/core'
import { FakeMember } from '@keyturn/testkit'
import t from 'tap'
import { AccountWorld } from './world.ts'

t.test('a rotation over a real store ends', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'completed')
  t.same(
    world.sent.map(({ slot }) => slot),
    ['secondary', 'primary'],
  )
})

t.test('an intent allows a whole POST, however long the looks before it took', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'fencing-standby')
  world.during = what => {
    if (what !== 'look') return
    for (let waited = 0; waited < 4; waited += 1) {
      world.wall += 2_000
      world.account.observe()
    }
  }
  await world.until(() => world.sent.length > 0)
  const intent = world.store
    .journal(world.account.options.account, 0)
    .map(({ event }) => event)
    .find(event => event.type === 'regenerate-intended')
  const [sent] = world.sent
  t.equal(intent?.sendBefore, (sent?.at ?? 0) + (sent?.withinMs ?? 0))
})

t.test('who stood still for a while asks everybody again before a key goes', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'fencing-standby')
  let stood = false
  world.during = what => {
    if (what !== 'look' || stood) return
    stood = true
    // Stopped, or asleep: an hour in which whoever started found no coordinator.
    world.wall += 3_600_000
  }
  await world.until(() => stood)
  t.equal(world.sent.length, 0)
  t.equal(world.account.state.blockers[0]?.code, 'FLEET_SETTLING')
  await world.until(() => world.phase === 'completed')
})

t.test('a report that weakens the fleet while a turn looks stops the intent', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'fencing-standby')
  let weakened = false
  world.during = what => {
    if (what !== 'look' || weakened) return
    weakened = true
    world.member.lost = ['app']
    world.account.receive('one', world.member.report(world.wall))
  }
  await world.until(() => weakened)
  t.equal(world.sent.length, 0)
  t.match(world.account.state.blockers, [{ code: 'CLIENT_LOST' }])
  world.member.lost = []
  await world.until(() => world.phase === 'completed')
})

t.test('a vault that does not show what it took is not written to without end', async t => {
  const world = new AccountWorld()
  world.showsWrites = false
  await world.adopt()
  t.equal(await world.second(), 'failed', 'so that the loop waits, and longer each time')
  t.ok(world.writes <= 2, `${world.writes} versions`)
  world.showsWrites = true
  await world.until(() => world.account.announced === 1)
})

t.test('a leader that was deposed sends nothing and records nothing', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'fencing-standby')
  let next = world.account
  world.during = what => {
    if (what === 'look' && next === world.account) next = world.open()
  }
  await t.rejects(
    world.until(() => world.sent.length > 0),
    { code: 'JOURNAL_CONFLICT', moved: 'leader' },
  )
  t.equal(world.sent.length, 0)
  t.not(next, world.account)
  t.equal(next.state.record.rotation?.phase.at, 'fencing-standby')
  await t.rejects(world.account.turn(), { code: 'JOURNAL_CONFLICT' })
})

t.test('a leader that was deposed answers with the floor of its successor', async t => {
  const world = await new AccountWorld().rotating()
  const before = world.account.floor()
  const next = world.open()
  for (let seconds = 0; next.state.record.readBack === before && seconds < 100; seconds++) {
    world.wall += 1_000
    next.observe()
    if (world.stored) world.member.hear(world.stored)
    next.receive('one', world.member.report(world.wall))
    await next.turn()
  }
  t.ok(next.floor() > before, `the successor has read back version ${next.floor()}`)
  t.equal(world.account.floor(), next.floor())
})

t.test('a schedule is counted from the last start, also by a leader that came later', async t => {
  const dayMs = 86_400_000
  const asked: (number | null)[] = []
  const world: AccountWorld = new AccountWorld({
    calendar: {
      view(observed, since) {
        asked.push(since)
        const dueAt = since === null ? null : observed + since + dayMs - world.wall
        return { insideWindow: true, windowOpensAt: null, dueAt }
      },
    },
  })
  t.same(asked, [], 'nothing is asked before the first turn')
  await world.adopt()
  const adopted = world.wall
  await world.second()
  t.equal(asked.at(-1), adopted)
  t.equal(world.phase, null)
  world.wall += dayMs
  await world.until(() => world.phase === 'completed')
  const started = asked.at(-1)
  t.equal(started, adopted + 1_000 + dayMs + 1_000)
  t.match(world.account.state.record.rotation, { startedBy: 'schedule' })
  const later = world.open()
  t.match(later.state.record.rotation, { startedBy: 'schedule' })
  t.equal(asked.at(-1), started)
})

t.test('a verb that looks and refuses puts off no look of the loop', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'baking')
  t.comment('somebody regenerates a key by hand, and an operator asks to adopt every second')
  world.turnByHand('primary')
  const isPublished = () => world.stored?.fingerprints.primary === world.keysNow.primary.fingerprint
  for (let seconds = 0; seconds < 40 && !isPublished(); seconds += 1) {
    const again = { verb: 'adopt', by: 'ops', installation: 'other', takeOver: true } as const
    t.equal((await world.account.obey(again)).done, false)
    await world.second()
  }
  t.ok(isPublished(), 'what is published still moves toward Azure’s keys')
})

t.test('who is stopped between the record and the call does not send what is late', async t => {
  const world = await new AccountWorld().rotating()
  await world.until(() => world.phase === 'fencing-standby')
  const { store } = world
  const append = store.append.bind(store)
  let stopped = 0
  store.append = (account, expected, events, rows) => {
    const appended = append(account, expected, events, rows)
    if (stopped === 0 && events.some(({ type }) => type === 'regenerate-intended')) {
      stopped = world.wall
      world.wall += 3_600_000
    }
    return appended
  }
  await world.until(() => stopped > 0)
  t.equal(world.sent.length, 0)
  await world.until(() => world.phase === 'completed')
  const journal = store.journal(world.account.options.account, 0).map(({ event }) => event)
  const [first] = journal.filter(({ type }) => type === 'regenerate-settled')
  t.match(first, { attempt: 1, why: 'expired' }, 'it is waited for like one that was lost')
  t.same(
    world.sent.map(({ slot }) => slot),
    ['secondary', 'primary'],
  )
})

t.test('a turn between two looks at Azure goes on to name what is in the way', async t => {
  const world = await new AccountWorld().rotating()
  world.regenerate = async () => {
    world.member.lost = ['app']
    return { is: 'refused', detail: 'PreconditionFailed' }
  }
  const codes = () => world.account.state.blockers.map(({ code }) => code)
  await world.until(() => codes().includes('CLIENT_LOST'))
  t.equal(world.phase, 'regenerating-standby')
  let looks = 0
  world.during = what => {
    if (what === 'look') looks += 1
  }
  t.comment('a report wakes the loop at once')
  t.equal(await world.account.turn(), 'waited')
  t.equal(looks, 0)
  t.same(codes(), ['CLIENT_LOST'], 'ARM was read a moment ago')
})

t.test('who left a month ago is forgotten, while nothing turns', async t => {
  const world = await new AccountWorld().rotating()
  const { account } = world.account.options
  const before = new FakeMember('one-before')
  const rows = () => world.account.state.fleet.members
  const names = () => rows().map(({ name }) => name)
  before.leaving = true
  world.account.receive('one-before', before.report(world.wall))
  const [, row] = rows()
  t.match(row, { name: 'one-before', standing: 'gone' })
  if (!row) return
  world.store.putMembers(account, [{ ...row, reportedAt: row.reportedAt - forgetMs }], false)
  await world.until(() => world.phase === 'fencing-former')
  t.same(names(), ['one', 'one-before'])
  await world.until(() => world.phase === 'completed')
  await world.second()
  t.same(names(), ['one'])
  world.account.receive('one-before', before.report(world.wall))
  t.same(names(), ['one', 'one-before'], 'a later word of it counts')
})
