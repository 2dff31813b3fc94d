import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RunningHooks } from '../../src/loop/hooks.ts'
import { commandHooks } from '../../src/outside/command-hooks.ts'

const node = process.execPath
const hooks = (command: readonly string[], timeoutMs = 60_000) =>
  commandHooks('/the/account', [{ consumer: 'functions', command, timeoutMs }], { PATH: '' })

t.test('exit code 0 says that the consumer has let go', async t => {
  t.equal(await hooks([node, '-e', '']).run('functions', 'primary'), null)
})

t.test('whatever else comes of it says that it has not', async t => {
  t.equal(await hooks([node, '-e', 'process.exit(3)']).run('functions', 'primary'), 'exit code 3')
  const forever = [node, '-e', 'setInterval(() => {}, 1000)']
  t.equal(await hooks(forever, 200).run('functions', 'primary'), 'ended by SIGKILL')
  t.match(await hooks(['/no/such/program']).run('functions', 'primary'), /not be started: ENOENT/)
  t.equal(await hooks([node]).run('another', 'primary'), 'it has no command')
})

t.test('a hook is told which slot goes and which stays, and never a key', async t => {
  const file = join(t.testdir(), 'said.json')
  const script = `require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify({ argv: process.argv.slice(1), env: process.env }))`
  t.equal(await hooks([node, '-e', script, 'argument']).run('functions', 'secondary'), null)
  const { argv, env } = JSON.parse(readFileSync(file, 'utf8'))
  t.same(argv, ['argument'])
  t.match(env, {
    KEYTURN_ACCOUNT: '/the/account',
    KEYTURN_CONSUMER: 'functions',
    KEYTURN_SLOT_GOING: 'secondary',
    KEYTURN_SLOT_STAYING: 'primary',
  })
  t.notMatch(JSON.stringify(env), /[A-Za-z0-9+/]{86}==/)
})

t.test('hooks run beside the loop, and are seen by looking', async t => {
  let end: (said: string | null) => void = () => {}
  let now = 10
  const running = new RunningHooks(
    { run: () => new Promise(resolve => (end = resolve)) },
    () => now,
  )
  running.start('r1', 'functions', 'primary')
  t.match(running.views, [{ rotation: 'r1', consumer: 'functions', is: 'running', at: 10 }])
  now = 20
  end('exit code 1')
  await new Promise(setImmediate)
  t.match(running.views, [{ is: 'failed', at: 20, detail: 'exit code 1' }])
  running.start('r1', 'functions', 'primary')
  end(null)
  await new Promise(setImmediate)
  t.match(running.views, [{ is: 'succeeded', detail: null }])
  running.start('r1', 'job', 'primary')
  t.equal(running.views.length, 2)
  running.start('r2', 'job', 'primary')
  t.equal(running.views.length, 1, 'another rotation asks anew')
})

t.test('a hook that throws has failed, in a few words', async t => {
  const running = new RunningHooks({ run: () => Promise.reject(new Error('no')) }, () => 0)
  running.start('r1', 'functions', 'primary')
  await new Promise(setImmediate)
  t.match(running.views, [{ is: 'failed', detail: /no/ }])
})
