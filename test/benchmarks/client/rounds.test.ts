import t from 'tap'
import { allCases, casesTitled, caseTitle, variants } from '../../../benchmarks/client/cases.ts'
import { stopAll } from '../../../benchmarks/client/channel.ts'
import { measure, startServer } from '../../../benchmarks/client/rounds.ts'
import { table } from '../../../benchmarks/client/table.ts'

t.teardown(stopAll)

t.test('the table has four operations, two transports and three concurrencies', async t => {
  t.equal(allCases.length, 24)
  for (const each of allCases) t.same(casesTitled(caseTitle(each)), [each])
  t.equal(casesTitled('point-read').length, 6)
  t.equal(casesTitled('point-read/tls').length, 3)
  for (const title of ['point-read/udp/64', 'point', 'point-read/tls/6', '']) {
    t.throws(() => casesTitled(title), { message: /^There is no case "/ })
  }
})

t.test('a case is measured in processes of their own, round after round', async t => {
  const server = await startServer()
  const told: string[] = []
  const cases = [...casesTitled('point-read/tls/16'), ...casesTitled('point-read/http/1')]
  const plan = { batches: 1, roundsPerBatch: 6, sliceMs: 30, warmUpMs: 30, caseWarmUpMs: 10 }
  const [figures, other] = await measure(cases, plan, server, text => told.push(text))
  if (!figures || !other) throw new Error('Two cases were expected.')
  for (const variant of variants) {
    t.ok(figures.opsPerSecond[variant] > 0, `${variant} did something`)
    t.ok(figures.cpuMicros[variant] > 0, `${variant} worked for it`)
  }
  t.same([figures.rounds, other.rounds], [6, 6])
  const { low, median, high } = figures.throughputRatio
  t.ok(0 < low && low <= median && median <= high)
  t.equal(told.length, 2)
  t.match(table([figures, other]), /\| point-read\/tls\/16 +\|[\s\S]*\| point-read\/http\/1 +\|/)
  t.equal((await server.ask('counts')).refused, 0)
})
