import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Member } from '@keyturn/core'
import { FakeMember } from '@keyturn/testkit'
import t, { type Test } from 'tap'
import { migrations } from '../../src/store/migrations.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'

const spelledLong = '/subscriptions/1/resourceGroups/G/providers/X/databaseAccounts/Orders'
const spelledOtherwise = spelledLong.toUpperCase()
const small = spelledLong.toLowerCase()

/** A file as the first release left it: its schema, and what a rotation had written. */
const oldFile = (t: Test): { path: string; db: DatabaseSync } => {
  const path = join(t.testdir(), 'journal.sqlite')
  const db = new DatabaseSync(path)
  db.exec(`${migrations[0]?.statements}; PRAGMA user_version = 1; UPDATE leader SET epoch = 7`)
  return { path, db }
}

const write = (db: DatabaseSync, account: string, reasons: readonly string[], day = 1): void => {
  const insert = db.prepare('INSERT INTO journal VALUES (?, ?, 7, ?, ?, ?)')
  for (const [index, reason] of reasons.entries()) {
    const event = JSON.stringify({ type: 'paused', by: 'ops', reason })
    insert.run(account, index + 1, index * 1_000, `2026-01-0${day}T00:00:0${index}Z`, event)
  }
}

const reasonsIn = (store: SqliteStore, account: string): readonly unknown[] =>
  store.journal(account, 0).map(({ event }) => 'reason' in event && event.reason)

/** As it comes back from the file: what is not said is not there. */
const rowOf = (sequence: number): Member => {
  const { incarnation, previousIncarnation, goodbye, ...report } = new FakeMember('one').report(0)
  const row = { name: 'one', incarnation, sequence, standing: 'joined', reportedAt: 0, report }
  return JSON.parse(JSON.stringify(row))
}

t.test('a file of the first schema opens, and goes on where it was', async t => {
  const { path, db } = oldFile(t)
  write(db, spelledLong, ['first', 'second'])
  const row = rowOf(4)
  db.prepare('INSERT INTO members VALUES (?, ?, ?, ?, ?)').run(
    ...[spelledLong, row.name, row.incarnation, row.sequence, JSON.stringify(row)],
  )
  db.prepare('INSERT INTO fleet_revision VALUES (?, 5)').run(spelledLong)
  db.prepare('INSERT INTO observed_time VALUES (?, 90000, 500000)').run(spelledLong)
  db.close()
  const store = new SqliteStore(path, () => 500_000)
  t.same(reasonsIn(store, spelledLong), ['first', 'second'])
  t.same(store.fleet(spelledOtherwise), { revision: 5, members: [row] })
  t.equal(store.observe(spelledLong, 5_000).at, 90_000)
  const epoch = store.lead()
  t.equal(epoch, 8, 'no epoch comes twice')
  const third = { type: 'paused', by: 'ops', reason: 'third' } as const
  store.append(spelledOtherwise, { epoch, revision: 2 }, [third])
  t.same(reasonsIn(store, spelledLong), ['first', 'second', 'third'])
  store.close()
})

t.test('what was applied, and when, stands in a table', async t => {
  const { path, db } = oldFile(t)
  db.close()
  new SqliteStore(path, () => 0).close()
  const again = new SqliteStore(path, () => 86_400_000)
  again.close()
  const file = new DatabaseSync(path)
  t.same(
    file
      .prepare('SELECT * FROM migrations')
      .all()
      .map(row => ({ ...row })),
    [
      { version: 1, name: 'journal, fleet and observed time', applied_at: null },
      {
        version: 2,
        name: 'the table of applied migrations',
        applied_at: '1970-01-01T00:00:00.000Z',
      },
      { version: 3, name: 'one spelling of an account', applied_at: '1970-01-01T00:00:00.000Z' },
      { version: 4, name: 'snapshots of the fold', applied_at: '1970-01-01T00:00:00.000Z' },
      { version: 5, name: 'what was denied', applied_at: '1970-01-01T00:00:00.000Z' },
      {
        version: 6,
        name: 'who was denied, known or not',
        applied_at: '1970-01-01T00:00:00.000Z',
      },
    ],
  )
  file.close()
})

t.test('a migrated journal is append-only still', async t => {
  const { path, db } = oldFile(t)
  write(db, spelledLong, ['first'])
  db.close()
  new SqliteStore(path, () => 0).close()
  const file = new DatabaseSync(path)
  t.throws(() => file.exec('UPDATE journal SET at = 0'), { message: /append-only/ })
  t.throws(() => file.exec('DELETE FROM journal'), { message: /append-only/ })
  file.close()
})

t.test('of two journals by two spellings the last one written goes on, whole', async t => {
  const { path, db } = oldFile(t)
  write(db, small, ['old 1', 'old 2', 'old 3'], 1)
  write(db, spelledLong, ['new 1', 'new 2'], 2)
  db.close()
  const store = new SqliteStore(path, () => 0)
  t.same(reasonsIn(store, spelledLong), ['new 1', 'new 2'])
  store.close()
  const file = new DatabaseSync(path)
  t.equal(
    file.prepare('SELECT count(*) AS rows FROM journal').get()?.['rows'],
    5,
    'nothing is lost',
  )
  file.close()
})

t.test('a step that fails leaves the file as it was', async t => {
  const { path, db } = oldFile(t)
  write(db, spelledLong, ['first'])
  db.exec('CREATE TABLE migrations (taken TEXT)')
  db.close()
  t.throws(() => new SqliteStore(path, () => 0), { message: /migrations/ })
  const file = new DatabaseSync(path)
  t.equal(file.prepare('PRAGMA user_version').get()?.['user_version'], 1)
  t.equal(file.prepare('SELECT account FROM journal').get()?.['account'], spelledLong)
  file.close()
})
