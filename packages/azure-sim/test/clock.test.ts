import t from 'tap'
import { realClock, VirtualClock } from '../src/clock.ts'

t.test('virtual time passes only when told to', async t => {
  const clock = new VirtualClock(1_000)
  t.equal(clock.now(), 1_000)
  clock.advance(250)
  t.equal(clock.now(), 1_250)
})

t.test('sleepers wake in the order of their times, each at its own time', async t => {
  const clock = new VirtualClock(0)
  const woken: [string, number][] = []
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms)
    woken.push([name, ms])
  }
  const all = Promise.all([sleep('late', 30), sleep('early', 10), sleep('middle', 20)])
  clock.advance(15)
  await Promise.resolve()
  await Promise.resolve()
  t.same(woken, [['early', 10]])
  clock.advance(15)
  await all
  t.same(
    woken.map(([name]) => name),
    ['early', 'middle', 'late'],
  )
})

t.test('a sleep is broken off by its signal', async t => {
  for (const clock of [new VirtualClock(), realClock]) {
    const abort = new AbortController()
    const sleep = clock.sleep(3_600_000, abort.signal)
    abort.abort(new Error('enough'))
    await t.rejects(sleep)
    await t.rejects(clock.sleep(1, AbortSignal.abort(new Error('already'))))
  }
})
