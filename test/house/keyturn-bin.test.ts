import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { saidBy, startNode } from '../support/process/run.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/keyturn.js', import.meta.url))
const manifest = '{ "type": "module" }'

/** Says what it was started with, then ends as its first argument says. */
const main = `
const [how, ...rest]: string[] = process.argv.slice(2)
process.on('SIGTERM', () => process.exit(42))
console.log(JSON.stringify({ rest, conditions: process.execArgv }))
if (how === 'wait') setInterval(() => {}, 1000)
else if (how === 'die') process.kill(process.pid, 'SIGKILL')
else process.exitCode = Number(how)
`

const checkout = (t: Test): string => {
  const folder = t.testdir({ 'package.json': manifest, bin: {}, src: { 'main.ts': main } })
  const file = join(folder, 'bin', 'keyturn.js')
  copyFileSync(command, file)
  return file
}

const ways = {
  'in the same process': [],
  'in a child, where a process cannot be replaced': [
    '--import=data:text/javascript,process.execve=undefined',
  ],
}

for (const [way, flags] of Object.entries(ways)) {
  t.test(`a checkout runs its sources ${way}`, async t => {
    const ended = await startNode([...flags, checkout(t), '3', '--json', 'a b']).ended
    t.equal(ended.code, 3)
    t.equal(ended.err, '')
    const { rest, conditions } = JSON.parse(ended.out)
    t.same(rest, ['--json', 'a b'])
    t.ok(conditions.includes('--conditions=keyturn-source'))
  })

  t.test(`a signal arrives ${way}`, async t => {
    const running = startNode([...flags, checkout(t), 'wait'])
    await saidBy(running, 'conditions')
    running.child.kill('SIGTERM')
    t.equal((await running.ended).code, 42)
  })

  t.test(`a death by signal is passed on ${way}`, async t => {
    t.equal((await startNode([...flags, checkout(t), 'die']).ended).signal, 'SIGKILL')
  })
}

t.test('an installed package runs what was built', async t => {
  const folder = t.testdir({
    'package.json': manifest,
    bin: {},
    dist: { 'main.js': `console.log('built', process.argv[2]); process.exitCode = 4` },
  })
  const file = join(folder, 'bin', 'keyturn.js')
  copyFileSync(command, file)
  const ended = await startNode([file, 'x']).ended
  t.match(ended, { code: 4, out: 'built x\n', err: '' })
})

t.test('an old Node gets one sentence', async t => {
  const old = `--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'22.21.1'})`
  const ended = await startNode([old, checkout(t), '0']).ended
  t.match(ended, { code: 1, out: '', err: /^keyturn needs Node 22\.22 or newer[^\n]+\n$/ })
})
