import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { scenes } from '../../examples/stage/scenes.ts'

t.setTimeout(900_000)
t.jobs = 2

const root = join(import.meta.dirname, '..', '..')
const flags = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']

/** As `npm run example -- name` does. */
const run = async (...names: readonly string[]) => {
  const child = spawn(process.execPath, [...flags, 'examples/run.ts', ...names], { cwd: root })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk)
    })
  }
  const [code] = await once(child, 'close')
  return { code, output }
}

for (const name of Object.keys(scenes)) {
  t.test(`the example ${name} turns both keys, and nothing fails`, async t => {
    const { code, output } = await run(name)
    t.equal(code, 0, output)
    t.match(
      output,
      /^Both keys are new, and the old ones refused\. [1-9]\d* operations, 0 failed\.$/m,
    )
  })
}

t.test('each folder is an example that runs, or says that it does not', async t => {
  const folders = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'stage')
    .map(({ name }) => name)
  t.same(folders.sort(), [...Object.keys(scenes), 'dotnet'].sort())
})

t.test('an example that is not there is named with those that are', async t => {
  const { code, output } = await run('nonesuch')
  t.equal(code, 2)
  t.match(output, /Name an example: .*express/)
})
