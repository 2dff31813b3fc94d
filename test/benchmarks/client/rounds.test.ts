import t from 'tap'
import { allCases, caseTitle, caseTitled, variants } from '../../../benchmarks/client/cases.ts'
import { stopAll } from '../../../benchmarks/client/channel.ts'
import { measure, startServer } from '../../../benchmarks/client/rounds.ts'
import { table } from '../../../benchmarks/client/table.ts'

t.teardown(stopAll)

t.test('the table has four operations, two transports and three concurrencies', async t => {
  t.equal(allCases.length, 24)
  for (const each of allCases) t.same(caseTitled(caseTitle(each)), each)
  t.throws(() => caseTitled('point-read/udp/64'), { message: /There is no case "point-read\/udp/ })
})

t.test('a case is measured in processes of their own, round after round', async t => {
  const server = await startServer()
  const told: string[] = []
  const each = caseTitled('point-read/tls/16')
  const plan = { batches: 1, roundsPerBatch: 6, sliceMs: 30, warmUpMs: 30 }
  const figures = await measure(each, plan, server, text => told.push(text))
  for (const variant of variants) {
    t.ok(figures.opsPerSecond[variant] > 0, `${variant} did something`)
    t.ok(figures.cpuMicros[variant] > 0, `${variant} worked for it`)
  }
  const { low, median, high } = figures.throughputRatio
  t.ok(0 < low && low <= median && median <= high)
  t.equal(told.filter(text => /round \d, /.test(text)).length, 6)
  t.match(table([figures]), /\| point-read\/tls\/16 +\|/)
  t.equal((await server.ask('counts')).refused, 0)
})
