import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { JournalEvent, Member } from '@keyturn/core'
import { FakeMember, fingerprint } from '@keyturn/testkit'
import t from 'tap'
import { JournalConflict } from '../../src/ports.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'

const paused: JournalEvent = { type: 'paused', by: 'ops', reason: 'test' }
const resumed: JournalEvent = { type: 'resumed', by: 'ops', reason: 'test' }

/** As it comes back from the file: what is not said is not there. */
const rowOf = (name: string, sequence: number): Member => {
  const { incarnation, previousIncarnation, goodbye, ...report } = new FakeMember(name).report(0)
  const row = { name, incarnation, sequence, standing: 'joined', reportedAt: 0, report }
  return JSON.parse(JSON.stringify(row))
}

t.test('what was appended is there when the file is opened again', async t => {
  const path = join(t.testdir(), 'journal.sqlite')
  const store = new SqliteStore(path, () => 1_000)
  const epoch = store.lead()
  t.equal(store.append('a', { epoch, revision: 0 }, [paused, resumed]).revision, 2)
  store.putMembers('a', [rowOf('one', 1)], true)
  store.close()
  const again = new SqliteStore(path, () => 2_000)
  t.same(
    again.journal('a', 0).map(({ event, revision }) => [revision, event]),
    [
      [1, paused],
      [2, resumed],
    ],
  )
  t.same(again.fleet('a'), { revision: 1, members: [rowOf('one', 1)] })
  t.same(again.journal('b', 0), [], 'accounts are apart')
  again.close()
})

t.test('an append is conditional on leader, revision and fleet', async t => {
  const path = join(t.testdir(), 'journal.sqlite')
  const first = new SqliteStore(path, Date.now)
  const second = new SqliteStore(path, Date.now)
  t.teardown(() => {
    first.close()
    second.close()
  })
  const old = first.lead()
  const epoch = second.lead()
  t.equal(epoch, old + 1)
  const moved = (work: () => unknown, what: JournalConflict['moved']) => {
    try {
      work()
      t.fail('it was appended')
    } catch (error) {
      t.ok(error instanceof JournalConflict)
      t.match(error, { moved: what })
    }
  }
  moved(() => first.append('a', { epoch: old, revision: 0 }, [paused]), 'leader')
  second.append('a', { epoch, revision: 0 }, [paused])
  moved(() => second.append('a', { epoch, revision: 0 }, [paused]), 'journal')
  second.putMembers('a', [rowOf('one', 1)], true)
  moved(() => second.append('a', { epoch, revision: 1, fleetRevision: 0 }, [paused]), 'fleet')
  second.append('a', { epoch, revision: 1, fleetRevision: 1 }, [resumed])
  t.equal(second.journal('a', 0).length, 2, 'nothing of what was refused is there')
})

t.test('the journal is append-only, whoever has the file open', async t => {
  const path = join(t.testdir(), 'journal.sqlite')
  const store = new SqliteStore(path, Date.now)
  store.append('a', { epoch: store.lead(), revision: 0 }, [paused])
  store.close()
  const db = new DatabaseSync(path)
  t.throws(() => db.exec('DELETE FROM journal'), { message: /append-only/ })
  t.throws(() => db.exec('UPDATE journal SET at = 0'), { message: /append-only/ })
  db.close()
})

t.test('a later report is never overwritten by an earlier one', async t => {
  const store = new SqliteStore(':memory:', Date.now)
  store.putMembers('a', [rowOf('one', 5)], false)
  store.putMembers('a', [rowOf('one', 4)], false)
  t.equal(store.fleet('a').members[0]?.sequence, 5)
  store.close()
})

t.test(
  'observed time grows by what passed, capped each turn, through jumps and restarts',
  async t => {
    const path = join(t.testdir(), 'journal.sqlite')
    let wall = 1_000_000
    const store = new SqliteStore(path, () => wall)
    t.same(store.observe('a', 5_000), { at: 0, missed: false })
    wall += 2_000
    t.same(store.observe('a', 5_000), { at: 2_000, missed: false })
    wall += 3_600_000
    const jumped = store.observe('a', 5_000)
    t.same(jumped, { at: 7_000, missed: true }, 'an hour forward counts as one turn, and is told')
    wall -= 7_200_000
    t.same(store.observe('a', 5_000), { at: 7_000, missed: false }, 'back counts as nothing')
    wall += 1_000
    t.equal(store.observe('a', 5_000).at, 8_000)
    store.close()
    wall += 86_400_000
    const again = new SqliteStore(path, () => wall)
    const resumedAt = again.observe('a', 5_000).at
    t.ok(
      resumedAt >= 12_000 && resumedAt <= 13_000,
      `a night away counts as one turn: ${resumedAt}`,
    )
    again.close()
  },
)

t.test('a process that lagged never turns observed time back', async t => {
  const path = join(t.testdir(), 'journal.sqlite')
  let wall = 1_000_000
  const [lagging, ahead] = [new SqliteStore(path, () => wall), new SqliteStore(path, () => wall)]
  lagging.observe('a', 5_000)
  for (let turns = 10; turns > 0; turns -= 1) {
    wall += 5_000
    ahead.observe('a', 5_000)
  }
  ahead.close()
  lagging.observe('a', 5_000)
  lagging.close()
  const next = new SqliteStore(path, () => wall)
  t.ok(next.observe('a', 5_000).at >= 45_000)
  next.close()
})

t.test('a process that stood still while another counted catches up with it', async t => {
  const path = join(t.testdir(), 'journal.sqlite')
  let wall = 1_000_000
  const [stopped, leader] = [new SqliteStore(path, () => wall), new SqliteStore(path, () => wall)]
  stopped.observe('a', 5_000)
  for (let seconds = 90; seconds > 0; seconds -= 1) {
    wall += 1_000
    leader.observe('a', 5_000)
  }
  const { at, missed } = stopped.observe('a', 5_000)
  t.equal(at, 90_000, 'a report that it takes now is not dated 85 s back')
  t.ok(missed)
  stopped.close()
  leader.close()
})

t.test('a file of a newer schema is refused in one sentence', async t => {
  const path = join(t.testdir(), 'journal.sqlite')
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  t.throws(() => new SqliteStore(path, Date.now), {
    code: 'JOURNAL_TOO_NEW',
    message: /schema 99/,
  })
})

t.test('a fingerprint is all that a row knows of a key', async t => {
  const store = new SqliteStore(':memory:', Date.now)
  const member = new FakeMember('one')
  const fingerprints = { primary: fingerprint(1), secondary: fingerprint(2) }
  member.hear({ version: 1, active: 'primary', fenced: [], fingerprints })
  const { incarnation, previousIncarnation, sequence, goodbye, ...report } = member.report(0)
  const row = {
    name: 'one',
    incarnation,
    sequence,
    standing: 'joined',
    reportedAt: 0,
    report,
  } as const
  store.putMembers('a', [row], false)
  t.same(store.fleet('a').members[0], JSON.parse(JSON.stringify(row)))
  store.close()
})
