import { join } from 'node:path'
import type { Member } from '@keyturn/core'
import { FakeMember } from '@keyturn/testkit'
import t, { type Test } from 'tap'
import { Grouped } from '../../src/api/grouped.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'

const rowOf = (name: string): Member => {
  const { incarnation, previousIncarnation, goodbye, sequence, ...report } = new FakeMember(
    name,
  ).report(0)
  return { name, incarnation, sequence, standing: 'joined', reportedAt: 0, report }
}

/** A store, and another process that sees what is on the disk. */
const files = (t: Test) => {
  const path = join(t.testdir(), 'journal.sqlite')
  const [store, other] = [new SqliteStore(path, () => 0), new SqliteStore(path, () => 0)]
  t.teardown(() => {
    store.close()
    other.close()
  })
  const onDisk = () => other.fleet('a').members.map(({ name }) => name)
  return { store, onDisk }
}

t.test('what is said at once is written at once, before anybody is answered', async t => {
  const { store, onDisk } = files(t)
  const group = new Grouped(store)
  const told: string[] = []
  const say = (name: string) =>
    group
      .run(async () => {
        store.putMembers('a', [rowOf(name)], true)
        told.push(`${name} written: ${onDisk().length} on the disk`)
      })
      .then(() => told.push(`${name} answered: ${onDisk().length} on the disk`))
  await Promise.all(['one', 'two', 'three'].map(say))
  t.same(told, [
    ...['one', 'two', 'three'].map(name => `${name} written: 0 on the disk`),
    ...['one', 'two', 'three'].map(name => `${name} answered: 3 on the disk`),
  ])
  t.equal(store.fleet('a').revision, 3)
})

t.test('whoever fails takes nobody with it, and leaves nothing behind', async t => {
  const { store, onDisk } = files(t)
  const group = new Grouped(store)
  const unwritable = { ...rowOf('two'), incarnation: undefined as unknown as string }
  const say = (...rows: Member[]) => group.run(async () => store.putMembers('a', rows, true))
  const answers = await Promise.allSettled([
    say(rowOf('one')),
    say(rowOf('half'), unwritable),
    say(rowOf('three')),
  ])
  t.same(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(onDisk(), ['one', 'three'])
  t.equal(store.fleet('a').revision, 2)
})

t.test('where the disk takes nothing, nobody is told that it did', async t => {
  const { store, onDisk } = files(t)
  const full = {
    together: <T>(work: () => T): T =>
      store.together(() => {
        work()
        throw new Error('the disk is full')
      }),
  }
  const group = new Grouped(full)
  const answers = await Promise.allSettled(
    ['one', 'two'].map(name => group.run(async () => store.putMembers('a', [rowOf(name)], true))),
  )
  for (const answer of answers) t.match(answer, { reason: { message: 'the disk is full' } })
  t.same(onDisk(), [])
})
