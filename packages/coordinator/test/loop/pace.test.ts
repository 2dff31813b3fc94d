import t from 'tap'
import { Pace } from '../../src/loop/pace.ts'

const beat = { armPollMs: 5_000, armAgeMsMax: 60_000 }
const hour = 3_600_000

/** How long after `now` the next look is due. */
const restOf = (pace: Pace, now: number): number => {
  let ms = 0
  while (!pace.isDue(now + ms)) ms += 1_000
  return ms
}

t.test('the longer an operation runs, the less often it is looked at', async t => {
  const pace = new Pace()
  let now = 0
  let looks = 0
  const rests: number[] = []
  while (now < 3 * hour) {
    pace.looked(now, 'operation', 0, beat)
    looks += 1
    rests.push(restOf(pace, now))
    now += restOf(pace, now)
  }
  t.equal(rests[0], 5_000)
  t.equal(rests.at(-1), 60_000, 'and never less often than once a minute')
  t.ok(looks < 250, `${looks} looks in three hours`)
  pace.looked(now, 'another', 0, beat)
  t.equal(restOf(pace, now), 5_000, 'each operation begins anew')
  pace.looked(now + 5_000, null, 0, beat)
  t.equal(restOf(pace, now + 5_000), 0, 'what is over holds up nothing')
})

t.test('looks that fail are repeated later each time, until one does not', async t => {
  const pace = new Pace()
  let now = 0
  const rests = Array.from({ length: 5 }, () => {
    pace.failed(now, 0, beat)
    const ms = restOf(pace, now)
    now += ms
    return ms
  })
  t.same(rests, [5_000, 10_000, 20_000, 30_000, 30_000])
  pace.looked(now, null, 0, beat)
  pace.failed(now, 0, beat)
  t.equal(restOf(pace, now), 5_000)
})

t.test('what ARM has asked for is heeded, whatever else would be due', async t => {
  const pace = new Pace()
  pace.looked(0, 'operation', 17_000, beat)
  t.equal(restOf(pace, 0), 17_000)
  pace.failed(17_000, 42_000, beat)
  t.equal(restOf(pace, 17_000), 42_000)
  pace.rest(59_000, 100_000)
  pace.rest(59_000, 0)
  t.equal(restOf(pace, 59_000), 100_000, 'less is no longer asked for')
})
