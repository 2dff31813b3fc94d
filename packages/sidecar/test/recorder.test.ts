import { type DurableState, memberAtStart } from '@keyturn/core'
import t from 'tap'
import { Recorder } from '../src/state/recorder.ts'
import { MemberStore } from '../src/store.ts'

const client = (id: string) => ({ id, name: 'app', pid: 1, presence: id })

/** A disk that ends a write when the test says so. */
const slowDisk = () => {
  const writes: { state: DurableState; end: () => void; fail: (error: Error) => void }[] = []
  const save = (state: DurableState): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    writes.push({ state, end: resolve, fail: reject })
    return promise
  }
  return { writes, load: async () => ({ is: 'absent' }) as const, save }
}

const beginning = () => {
  const disk = slowDisk()
  const store = new MemberStore(memberAtStart(null, 'i-1', true))
  const recorder = new Recorder(store, disk)
  const attach = (id: string): Promise<void> => {
    store.apply({ is: 'attached', client: client(id) })
    return recorder.record()
  }
  const idsOf = (at: number) => disk.writes[at]?.state.clients.map(({ id }) => id)
  return { disk, store, recorder, attach, idsOf }
}

const turn = () => new Promise(setImmediate)

t.test('whoever comes while a write runs goes with the next one, all in one', async t => {
  const { disk, store, attach, idsOf } = beginning()
  const first = attach('a')
  await turn()
  const crowd = ['b', 'c', 'd'].map(attach)
  await turn()
  t.same(disk.writes.length, 1, 'one at a time')
  disk.writes[0]?.end()
  await first
  await turn()
  t.same(idsOf(1), ['a', 'b', 'c', 'd'])
  t.comment('those who come later hold up nobody')
  const late = attach('e')
  disk.writes[1]?.end()
  await Promise.all(crowd)
  t.equal(store.state.stored?.clients.length, 4)
  await turn()
  disk.writes[2]?.end()
  await late
  t.equal(disk.writes.length, 3)
})

t.test(
  'a write that fails is told to those who waited for it, and the next one is tried',
  async t => {
    const { disk, store, attach } = beginning()
    const first = t.rejects(attach('a'), /full/)
    await turn()
    const second = attach('b')
    disk.writes[0]?.fail(new Error('full'))
    await first
    await turn()
    disk.writes[1]?.end()
    await second
    t.equal(store.state.stored?.clients.length, 2)
  },
)

t.test('what a running write has made good is not written again', async t => {
  const { disk, recorder, attach } = beginning()
  const first = attach('a')
  await turn()
  const again = recorder.record()
  disk.writes[0]?.end()
  await Promise.all([first, again])
  t.equal(disk.writes.length, 1)
})
