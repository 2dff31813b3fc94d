import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type AccountRecord, emptyRecord, fold, type JournalEvent } from '@keyturn/core'
import fc from 'fast-check'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Ledger } from '../../src/loop/ledger.ts'
import { foldVersion, snapshotEvery } from '../../src/loop/snapshot.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'
import { everyEvent } from './journals.ts'

const pause: JournalEvent = { type: 'paused', by: 'ops', reason: 'long' }

const log = pino({ enabled: false })

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** What the whole journal comes to, with no snapshot. */
const foldOfAll = (store: SqliteStore): AccountRecord =>
  store
    .journal('a', 0)
    .reduce((record, { event, at }) => fold(record, event, at), emptyRecord as AccountRecord)

/** What of the journal a leader that boots has to read. */
const boot = (store: SqliteStore) => {
  const read: number[] = []
  const watched = Object.assign(Object.create(store) as SqliteStore, {
    journal: (account: string, after: number) => {
      const entries = store.journal(account, after)
      read.push(entries.length)
      return entries
    },
    snapshot: (account: string) => store.snapshot(account),
  })
  const ledger = new Ledger('a', watched, log, 1)
  return { ledger, read: read.reduce((sum, count) => sum + count, 0) }
}

/** Of one event to several hundred: some are too short for a snapshot, some have several. */
const chunks = fc
  .tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 8 }))
  .chain(([appends, events]) =>
    fc.array(fc.array(fc.constantFrom(...everyEvent), { minLength: 1, maxLength: events }), {
      minLength: appends,
      maxLength: appends,
    }),
  )

t.test('a fold that starts from the snapshot equals the fold of all', async t => {
  let snapshots = 0
  fc.assert(
    fc.property(chunks, appends => {
      let wall = 1_000_000
      const store = new SqliteStore(':memory:', () => wall)
      const leader = new Ledger('a', store, log, store.lead())
      for (const events of appends) {
        wall += 1_000
        store.observe('a', 5_000)
        leader.append(events)
      }
      const { ledger, read } = boot(store)
      t.same(plain(ledger.record), plain(foldOfAll(store)))
      t.same(plain(ledger.record), plain(leader.record), 'as the leader that wrote them knows it')
      t.equal(ledger.since, leader.since)
      const kept = store.snapshot('a')?.revision ?? 0
      if (kept > 0) snapshots += 1
      t.equal(read, store.journal('a', 0).length - kept, 'no more than the rest was read')
      const next = new Ledger('a', store, log, store.lead())
      next.append([pause])
      t.same(plain(next.record), plain(foldOfAll(store)), 'and it goes on from there')
      store.close()
    }),
    { numRuns: 40 },
  )
  t.ok(snapshots > 0, `${snapshots} journals were long enough for a snapshot`)
})

/** A file with a snapshot at `snapshotEvery`, and one event after it. */
const longFile = (t: Test) => {
  const path = join(t.testdir(), 'journal.sqlite')
  const store = new SqliteStore(path, () => 1_000)
  const leader = new Ledger('a', store, log, store.lead())
  leader.append([{ type: 'adopted', installation: 'here', by: 'ops', takeOver: false }])
  for (let count = 1; count < snapshotEvery; count += 1) leader.append([pause])
  leader.append([pause])
  t.equal(store.snapshot('a')?.revision, snapshotEvery)
  store.close()
  return path
}

/** How many entries a boot reads once the file was edited by hand. */
const readAfter = (path: string, edit: string): number => {
  const db = new DatabaseSync(path)
  db.exec(edit)
  db.close()
  const store = new SqliteStore(path, () => 1_000)
  const { ledger, read } = boot(store)
  t.equal(ledger.record.installation, 'here')
  store.close()
  return read
}

t.test('a snapshot that is not what was written is not used', async t => {
  const all = snapshotEvery + 1
  const path = longFile(t)
  t.equal(readAfter(path, ''), 1, 'whole, it is')
  t.equal(readAfter(path, `UPDATE snapshots SET state = replace(state, 'here', 'elsewhere')`), all)
  t.equal(readAfter(path, `UPDATE snapshots SET state = '{'`), all)
})

t.test('nor one of another fold, nor one that its journal does not reach', async t => {
  const all = snapshotEvery + 1
  t.equal(readAfter(longFile(t), `UPDATE snapshots SET fold_version = ${foldVersion + 1}`), all)
  const store = new SqliteStore(':memory:', () => 0)
  const epoch = store.lead()
  const ofAnother = { revision: 9, foldVersion, state: '{"record":{"installation":"x"}}' }
  store.append('a', { epoch, revision: 0 }, [pause], [], () => ofAnother)
  t.equal(store.snapshot('a'), null)
  store.close()
})

t.test('a snapshot of an older fold, written whole, is not used either', async t => {
  const store = new SqliteStore(':memory:', () => 0)
  const epoch = store.lead()
  const older = { revision: 1, foldVersion: foldVersion - 1, state: '{"record":null}' }
  store.append('a', { epoch, revision: 0 }, [pause], [], () => older)
  t.same(store.snapshot('a'), older)
  t.equal(boot(store).read, 1)
  store.close()
})

t.test('what is refused leaves no snapshot', async t => {
  const store = new SqliteStore(':memory:', () => 0)
  const epoch = store.lead()
  const snapshot = () => ({ revision: 1, foldVersion, state: '{}' })
  t.throws(() => store.append('a', { epoch, revision: 5 }, [pause], [], snapshot))
  store.append('a', { epoch, revision: 0 }, [pause])
  t.equal(store.snapshot('a'), null)
  store.close()
})

t.test('the fold does what its version says: raise it with every change of the fold', async t => {
  const digest = createHash('sha256')
  let record: AccountRecord = emptyRecord
  for (const [index, event] of [...everyEvent, ...everyEvent].entries()) {
    record = fold(record, event, index)
    digest.update(JSON.stringify(record))
  }
  t.match(
    { foldVersion, digest: digest.digest('hex').slice(0, 16) },
    { foldVersion: 3, digest: '552cc316ce5aacd0' },
    'another digest: raise foldVersion, and write both here',
  )
})
