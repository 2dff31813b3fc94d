import type { JournalEvent } from '@keyturn/core'
import { FakeMember } from '@keyturn/testkit'
import t from 'tap'
import { JournalConflict, type Store } from '../../packages/coordinator/src/ports.ts'
import { SqliteStore } from '../../packages/coordinator/src/store/sqlite.ts'
import { MemoryStore, SharedMemory } from './fleet/memory-store.ts'

const paused: JournalEvent = { type: 'paused', by: 'ops', reason: 'test' }
const resumed: JournalEvent = { type: 'resumed', by: 'ops', reason: 'test' }

const rowOf = (name: string, sequence: number) => {
  const { incarnation, previousIncarnation, goodbye, ...report } = new FakeMember(name).report(0)
  return { name, incarnation, sequence, standing: 'joined', reportedAt: 0, report } as const
}

interface Opened {
  readonly open: () => Store
  readonly clock: { wall: number }
}

let files = 0

/** Two processes on one store, on a wall clock that the test moves. */
const kinds: Readonly<Record<string, () => Opened>> = {
  'in memory': () => {
    const clock = { wall: 1_000_000 }
    const shared = new SharedMemory()
    return { clock, open: () => new MemoryStore(shared, () => clock.wall) }
  },
  'of SQLite': () => {
    const clock = { wall: 1_000_000 }
    files += 1
    const path = `file:contract-${files}?mode=memory&cache=shared`
    return { clock, open: () => new SqliteStore(path, () => clock.wall) }
  },
}

const caught = (work: () => unknown): unknown => {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}

for (const [kind, make] of Object.entries(kinds)) {
  t.test(`a store ${kind} appends for the leader only, on what he has read`, async t => {
    const { open } = make()
    const [first, second] = [open(), open()]
    const old = first.lead()
    const epoch = second.lead()
    t.equal(epoch, old + 1)
    const moved = (work: () => unknown, what: JournalConflict['moved']) => {
      const error = caught(work)
      t.ok(error instanceof JournalConflict)
      t.match(error, { moved: what })
    }
    moved(() => first.confirmLead(old), 'leader')
    moved(() => first.append('a', { epoch: old, revision: 0 }, [paused]), 'leader')
    t.equal(second.append('a', { epoch, revision: 0 }, [paused, resumed]).revision, 2)
    moved(() => second.append('a', { epoch, revision: 1 }, [paused]), 'journal')
    second.putMembers('a', [rowOf('one', 1)], true)
    moved(() => second.append('a', { epoch, revision: 2, fleetRevision: 0 }, [paused]), 'fleet')
    second.append('a', { epoch, revision: 2, fleetRevision: 1 }, [resumed], [rowOf('two', 1)])
    t.same(
      first.journal('a', 0).map(({ revision, event }) => [revision, event]),
      [
        [1, paused],
        [2, resumed],
        [3, resumed],
      ],
    )
    t.same(second.journal('b', 0), [], 'accounts are apart')
  })

  t.test(`a store ${kind} keeps the latest row of each incarnation, in order`, async t => {
    const store = make().open()
    store.putMembers('a', [rowOf('two', 5), rowOf('one', 1)], false)
    store.putMembers('a', [rowOf('two', 4)], false)
    store.putMembers('a', [{ ...rowOf('one', 1), incarnation: 'one-0' }], true)
    const { revision, members } = store.fleet('a')
    t.equal(revision, 1, 'only what weakens counts')
    t.same(
      members.map(({ incarnation, sequence }) => [incarnation, sequence]),
      [
        ['one-0', 1],
        ['one-1', 1],
        ['two-1', 5],
      ],
    )
  })

  t.test(`a store ${kind} drops rows as they were read, and no later report`, async t => {
    const store = make().open()
    store.putMembers('a', [rowOf('one', 1), rowOf('two', 1)], false)
    const read = store.fleet('a').members
    store.putMembers('a', [rowOf('two', 2)], false)
    store.dropMembers('b', read)
    store.dropMembers('a', read)
    const left = () => store.fleet('a').members.map(({ name, sequence }) => `${name} ${sequence}`)
    t.same(left(), ['two 2'])
    store.putMembers('a', [rowOf('one', 1)], true)
    t.same(left(), ['one 1', 'two 2'], 'whoever returns is taken like anybody')
    t.same(store.fleet('a').revision, 1)
  })

  t.test(`a store ${kind} counts observed time for all who share it`, async t => {
    const { open, clock } = make()
    const [leader, stopped] = [open(), open()]
    t.same(leader.observe('a', 5_000), { at: 0, missed: false })
    stopped.observe('a', 5_000)
    for (let seconds = 90; seconds > 0; seconds -= 1) {
      clock.wall += 1_000
      leader.observe('a', 5_000)
    }
    t.same(stopped.observe('a', 5_000), { at: 90_000, missed: true })
    clock.wall += 3_600_000
    t.same(leader.observe('a', 5_000), { at: 95_000, missed: true }, 'a jump counts as one turn')
    clock.wall -= 7_200_000
    t.equal(leader.observe('a', 5_000).at, 95_000, 'back counts as nothing')
    t.equal(open().observe('a', 5_000).at, 95_000, 'whoever starts now goes on from there')
  })
}
