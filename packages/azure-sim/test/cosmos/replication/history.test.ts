import fc from 'fast-check'
import t from 'tap'
import type { Region } from '../../../src/account/types.ts'
import { DocumentStore } from '../../../src/cosmos/documents/document-store.ts'
import type { Documents } from '../../../src/cosmos/documents/documents.ts'
import { partitionText } from '../../../src/cosmos/documents/partition-key.ts'
import type { UniqueKeys } from '../../../src/cosmos/documents/unique-keys.ts'
import type { Lag } from '../../../src/cosmos/replication/lag.ts'

const start = 1_700_000_000_000

/** Three regions, of which two are behind, each by its own time. */
function open(uniqueKeys: UniqueKeys = []) {
  const behindMs: Record<string, number> = { west: 0, north: 100, east: 300 }
  const regions: Region[] = Object.keys(behindMs).map(name => ({
    name,
    endpoint: '',
    writable: name === 'west',
  }))
  const lag: Lag = {
    active: true,
    regions,
    topology: { version: 0, hub: 1 },
    writeMs: region => behindMs[region] ?? 0,
    containerMs: () => 0,
  }
  const store = new DocumentStore({
    rid: 'AAAAAAAAAIA=',
    self: 'dbs/x/colls/y/',
    uniqueKeys,
    defaultTtl: () => undefined,
    lag,
  })
  return { store, behindMs }
}

/** In the order of changes; those of one transaction have none among themselves. */
const changes = (documents: Documents, after: number, now: number) => {
  const found = [...documents.changedAfter(after, now)]
  const lsns = found.map(({ lsn }) => lsn)
  t.same(
    lsns,
    lsns.toSorted((a, b) => a - b),
  )
  return found.map(({ partition, id, lsn }) => `${lsn} ${partition} ${id}`).sort()
}

/** Everything that a reader can see. */
const seen = (documents: Documents, now: number) => ({
  lsn: documents.lsn,
  all: documents.list(null, now).map(({ text }) => text),
  partitions: ['p', 'q'].map(key => documents.list(partitionText([key]), now).map(({ id }) => id)),
  changes: changes(documents, 0, now),
  recent: changes(documents, 8, now),
  single: ['a', 'b', 'c'].map(id => documents.get(partitionText(['p']), id, now)?.text),
})

interface Change {
  readonly partition: string
  readonly id: string
  readonly remove: boolean
}
const change: fc.Arbitrary<Change> = fc.record({
  partition: fc.constantFrom('p', 'q'),
  id: fc.constantFrom('a', 'b', 'c'),
  remove: fc.boolean(),
})
const step = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  waitMs: fc.integer({ min: 0, max: 150 }),
  looks: fc.constantFrom('north', 'east', 'none'),
})

function write(store: DocumentStore, { partition, id, remove }: Change, n: number, now: number) {
  const found = store.get(partitionText([partition]), id, now)
  if (!remove) store.put([partition], { id, p: partition, n }, now)
  else if (found) store.remove(found, now)
}

t.test('a region that is behind sees exactly what was there that long ago', async t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const { store, behindMs } = open()
      let now = start
      // What the store was after each write, by the time of the write.
      const past = [{ at: Number.NEGATIVE_INFINITY, seen: seen(store, now) }]
      const check = (region: string): void => {
        const limit = now - (behindMs[region] ?? 0)
        const wanted = past.findLast(({ at }) => at <= limit)?.seen
        t.same(seen(store.seenBy(region, now), now), wanted)
      }
      for (const [n, { changes, waitMs, looks }] of steps.entries()) {
        store.transact(() => {
          for (const one of changes) write(store, one, n, now)
        })
        past.push({ at: now, seen: seen(store, now) })
        now += waitMs
        if (looks !== 'none') check(looks)
      }
      check('north')
      check('east')
      now += 300
      for (const region of ['west', 'north', 'east']) {
        t.equal(store.seenBy(region, now), store, 'in the end nothing is kept for anybody')
      }
    }),
    { numRuns: 150 },
  )
})

t.test(
  'a region that is fallen back to has what it had seen, and unique keys go with it',
  async t => {
    const { store } = open([[['mail']]])
    store.put(['p'], { id: 'a', mail: 1 }, start)
    store.put(['p'], { id: 'b', mail: 2 }, start)
    const before = seen(store, start)
    const later = start + 1_000
    t.equal(store.seenBy('east', later), store)
    store.transact(() => {
      for (const id of ['a', 'b']) {
        const found = store.get(partitionText(['p']), id, later)
        if (found) store.remove(found, later)
      }
      store.put(['p'], { id: 'c', mail: 2 }, later)
      store.put(['p'], { id: 'b', mail: 1 }, later)
    })
    store.fallBackTo('east', later + 10)
    const after = seen(store, later + 10)
    t.same({ ...after, lsn: before.lsn }, before)
    t.ok(after.lsn > before.lsn, 'numbers go on')
    const unique = { message: /Unique index constraint violation/ }
    t.throws(() => store.put(['p'], { id: 'd', mail: 1 }, later + 20), unique)
    t.throws(() => store.put(['p'], { id: 'd', mail: 2 }, later + 20), unique)
    t.ok(store.put(['p'], { id: 'd', mail: 3 }, later + 20))
    t.equal(store.seenBy('west', later + 20), store)
  },
)

t.test('texts are written anew when most of them are dead, and nobody notices', async t => {
  const { store, behindMs } = open()
  behindMs['north'] = 0
  behindMs['east'] = 0
  const note = 'x'.repeat(10_000)
  for (let n = 0; n < 2_000; n++) store.put(['p'], { id: `${n % 20}`, n, note }, start)
  const documents = store.list(partitionText(['p']), start)
  t.equal(documents.length, 20)
  t.same(
    documents.map(({ value }) => value['n']),
    Array.from({ length: 20 }, (_, at) => 1_980 + at),
  )
  t.ok(documents.every(({ value }) => value['note'] === note))
})
