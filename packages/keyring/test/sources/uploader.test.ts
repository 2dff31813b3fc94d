import { type Clock, Ring } from '@keyturn/keyring'
import t from 'tap'
import { Uploader } from '../../src/sources/sidecar/uploader.ts'
import { ManualSource } from '../support.ts'

const everyMs = 60_000

/** Plays so many sends that fail, then one that is heard, and tells how long each wait was. */
const waitsAfter = async (failures: number): Promise<readonly number[]> => {
  const waits: number[] = []
  const { promise: isHeard, resolve: heard } = Promise.withResolvers<void>()
  const clock: Clock = {
    now: () => 0,
    wall: () => 0,
    sleep: async (ms, signal) => {
      waits.push(ms)
      if (waits.length <= failures) return
      heard()
      await new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason)),
      )
    },
  }
  const source = new ManualSource()
  const ring = new Ring({ source })
  ring.start()
  const { sink } = source
  if (sink === null) throw new Error('The ring did not start its source.')
  let sent = 0
  const uploader = new Uploader({
    sink,
    send: async () => {
      sent += 1
      if (sent <= failures) throw new Error('nobody listens')
    },
    everyMs,
    clock,
    chance: () => 0.5,
  })
  await isHeard
  await uploader.stop()
  await ring.stop()
  return waits
}

t.test('a sample that was heard is followed by the next in its own time', async t => {
  t.same(await waitsAfter(0), [everyMs])
})

t.test(
  'one that was not heard may be news: it is said again soon, and ever less often',
  async t => {
    const waits = await waitsAfter(12)
    t.same(waits.slice(0, 3), [75, 150, 300])
    t.same(waits.slice(-2), [everyMs * 0.75, everyMs], 'never less often than without news')
  },
)
