import fc from 'fast-check'
import t from 'tap'
import { ChangeLog } from '../../src/cosmos/documents/change-log.ts'
import { DocumentStore } from '../../src/cosmos/documents/document-store.ts'
import { partitionText } from '../../src/cosmos/documents/partition-key.ts'

const open = () =>
  new DocumentStore({
    rid: 'AAAAAAAAAIA=',
    self: 'dbs/x/colls/y/',
    uniqueKeys: [[['mail']]],
    defaultTtl: () => undefined,
  })

const now = 1_700_000_000_000

type Step = {
  readonly partition: string
  readonly id: string
  readonly mail: number
  readonly remove: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  partition: fc.constantFrom('p', 'q'),
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  mail: fc.nat(5),
  remove: fc.boolean(),
})

const transaction = fc.record({ steps: fc.array(step, { maxLength: 5 }), fails: fc.boolean() })

function run(store: DocumentStore, { partition, id, mail, remove }: Step): void {
  const found = store.get(partitionText([partition]), id, now)
  if (!remove) store.put([partition], { id, p: partition, mail }, now)
  else if (found !== undefined) store.remove(found, now)
}

/** Everything a reader can see of a store. */
const seen = (store: DocumentStore) => ({
  lsn: store.lsn,
  all: store.list(null, now).map(({ text }) => text),
  byPartition: ['p', 'q'].map(key => store.list(partitionText([key]), now).map(({ rid }) => rid)),
  changes: [...store.changedAfter(0, now)].map(({ rid, lsn }) => [rid, lsn]),
})

t.test('a transaction that fails leaves nothing behind', async t => {
  fc.assert(
    fc.property(fc.array(transaction, { maxLength: 25 }), transactions => {
      const store = open()
      for (const { steps, fails } of transactions) {
        const before = seen(store)
        let failed = false
        try {
          store.transact(() => {
            for (const one of steps) run(store, one)
            if (fails) throw new Error('stop')
          })
        } catch {
          failed = true
        }
        if (failed) t.same(seen(store), before)
        else t.ok(store.lsn - before.lsn <= 1, 'one transaction is one change')
      }
    }),
    { numRuns: 200 },
  )
})

t.test('the change log has each document once, in the order of its latest change', async t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.nat(100), (steps, from) => {
      const store = open()
      for (const one of steps) {
        try {
          run(store, one)
        } catch (error) {
          t.match(error, { status: 409 })
        }
      }
      const wanted = store
        .list(null, now)
        .filter(({ lsn }) => lsn > from)
        .toSorted((a, b) => a.lsn - b.lsn)
      t.same(
        [...store.changedAfter(from, now)].map(({ rid }) => rid),
        wanted.map(({ rid }) => rid),
      )
    }),
    { numRuns: 200 },
  )
})

t.test('no two documents of a logical partition ever share a unique key', async t => {
  fc.assert(
    fc.property(fc.array(transaction, { maxLength: 30 }), transactions => {
      const store = open()
      for (const { steps, fails } of transactions) {
        try {
          store.transact(() => {
            for (const one of steps) run(store, one)
            if (fails) throw new Error('stop')
          })
        } catch {}
      }
      for (const key of ['p', 'q']) {
        const mails = store.list(partitionText([key]), now).map(({ value }) => value['mail'])
        t.equal(new Set(mails).size, mails.length)
        // What nobody holds any more is free again.
        const free = [0, 1, 2, 3, 4, 5].find(mail => !mails.includes(mail))
        t.ok(store.put([key], { id: 'new', mail: free ?? 99 }, now))
      }
    }),
    { numRuns: 200 },
  )
})

t.test('what an expired document held is whose it became meanwhile', async t => {
  const store = new DocumentStore({
    rid: 'AAAAAAAAAIA=',
    self: 'dbs/x/colls/y/',
    uniqueKeys: [[['mail']]],
    defaultTtl: () => 10,
  })
  const later = now + 60_000
  store.put(['p'], { id: 'a', mail: 1 }, now)
  store.put(['p'], { id: 'b', mail: 1 }, later)
  store.put(['p'], { id: 'a', mail: 2 }, later)
  t.throws(() => store.put(['p'], { id: 'c', mail: 1 }, later), { status: 409, message: /Unique/ })
})

t.test('a log of which most is out of date forgets that, and loses nothing', async t => {
  const latest = new Map<number, number>()
  const log = new ChangeLog(({ row, lsn }) => latest.get(row) === lsn)
  const change = (row: number, lsn: number): void => {
    latest.set(row, lsn)
    log.append({ row, lsn })
  }
  change(7, 1)
  for (let lsn = 2; lsn < 5_000; lsn++) change(8, lsn)
  const left = [
    { row: 7, lsn: 1 },
    { row: 8, lsn: 4_999 },
  ]
  t.same([...log.after(0)], left)
  log.compact()
  t.equal(log.length, 2)
  t.same([...log.after(0)], left)
  t.same([...log.after(1)], left.slice(1))
})
