import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

const script = fileURLToPath(import.meta.resolve('./support/rough-day.ts'))
const run = async (seed: number): Promise<string[]> => {
  const flags = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, `${seed}`])
  return JSON.parse(stdout)
}

t.test('the same seed and the same calls meet the same faults, in any process', async t => {
  const first = await run(7)
  t.same(await run(7), first)
  const faults = new Set(first.map(line => line.split(' ').at(-1)))
  t.ok(faults.size >= 6, [...faults].join(', '))
  t.ok(first.length >= 50)
})

t.test('another seed brings other weather', async t => {
  t.not(JSON.stringify(await run(8)), JSON.stringify(await run(7)))
})
