import t from 'tap'
import { simulateSeeds } from './hunt.ts'
import { simulateMany } from './pool.ts'
import { hunted, regressions } from './regressions.ts'
import type { reasonOf } from './summary.ts'

const count = Number(process.env['KEYTURN_SEEDS'] ?? 16)
const from = 1_000_000

t.test(`no weather breaks a promise: seeds ${from} to ${from + count - 1}`, async t => {
  const seeds = Array.from({ length: count }, (_, index) => from + index)
  const summary = await simulateMany({ seeds, threads: 2 })
  t.equal(summary.seeds, count)
  for (const { seed, why } of summary.failing) {
    t.fail(`${why}: npm run simulate -- --seed ${seed} --trace`)
  }
  t.ok(summary.requests > count, 'applications were at work')
  t.ok((summary.ended['completed'] ?? 0) > count / 2, 'most rotations turn both keys')
  t.ok(Object.keys(summary.faults).length > 10, 'many kinds of faults struck')
})

t.test('seeds that once broke a promise keep it', async t => {
  const summary = await simulateMany({ seeds: regressions.map(({ seed }) => seed), threads: 2 })
  t.equal(summary.seeds, regressions.length)
  for (const { seed, why } of summary.failing) {
    const story = regressions.find(one => one.seed === seed)?.story
    t.fail(`${why}: npm run simulate -- --seed ${seed} --trace. It once found: ${story}`)
  }
})

t.test('nor does one that was hunted down in its own weather', async t => {
  for (const { seed, only, story } of hunted) {
    t.equal(await simulateSeeds(seed, 1, only), null, `It once found: ${story}`)
  }
})

t.test('one seed is one history, to the byte', async t => {
  const hashes: string[] = []
  const onResult = (result: Parameters<typeof reasonOf>[0]) => void hashes.push(result.hash)
  await simulateMany({ seeds: [7, 7, 7], threads: 2, onResult })
  t.equal(hashes.length, 3)
  t.equal(new Set(hashes).size, 1, 'in whichever thread, after whatever ran before')
  await simulateMany({ seeds: [8], threads: 1, onResult })
  t.equal(new Set(hashes).size, 2, 'and another seed another one')
})
