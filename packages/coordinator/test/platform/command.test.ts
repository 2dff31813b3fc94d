import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { CommandPlatform } from '../../src/platform/command.ts'
import { deadBy, expectedBy, TestClock, until } from './support.ts'

/** A program that says what its file says, until the test has it say something else. */
const saying = (t: Test, first: string) => {
  const program = join(t.testdir(), 'who-runs.mjs')
  // Whole, as it runs all the while: a file that is being written is an empty program for a moment.
  const says = (script: string) => {
    writeFileSync(`${program}.new`, script)
    renameSync(`${program}.new`, program)
  }
  says(first)
  const clock = new TestClock()
  const logged: string[] = []
  const log = pino({ base: null }, { write: line => void logged.push(line) })
  const platform = new CommandPlatform({
    ...{ command: [process.execPath, program], everyMs: 15_000, timeoutMs: 120_000 },
    ...{ clock, log, chance: () => 0.5 },
  })
  t.teardown(() => platform.stop())
  platform.start()
  return { platform, says, clock, logged }
}

const printing = (word: unknown): string => `console.log(${JSON.stringify(JSON.stringify(word))})`

const word = {
  expected: [{ name: 'vm-1', uid: 'a' }],
  dead: [{ name: 'vm-2', uid: 'b', proof: 'terminated', detail: 'deallocated' }],
}

t.test('a program says who is expected and who is dead', async t => {
  const { platform, says, clock } = saying(t, printing(word))
  await until(() => platform.read().ageMs !== null)
  t.same(expectedBy(platform), ['vm-1'])
  t.same(deadBy(platform), ['vm-2 terminated'])
  t.match(platform.read().dead, [{ detail: 'deallocated' }])
  t.equal(clock.rests[0], 15_000, 'again after a rest')
  says(printing({ expected: [], dead: [] }))
  await until(() => expectedBy(platform).length === 0)
  t.same(deadBy(platform), [])
})

t.test('one that fails says nothing, and what it said before grows old', async t => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['process.exit(3)', /^exit code 3$/],
    ['console.log("no JSON")', /^its answer is no JSON$/],
    [printing({ expected: [{ name: 'vm-1' }], dead: [] }), /^its answer is none: expected\.0\.uid/],
    [printing({ ...word, alive: [] }), /^its answer is none/],
    ['process.kill(process.pid, "SIGKILL")', /SIGKILL|Command failed/],
  ]
  for (const [script, reason] of cases) {
    const { platform, says, clock } = saying(t, printing(word))
    await until(() => platform.read().ageMs !== null)
    says(script)
    await until(() => platform.read().error !== null)
    t.match(platform.read().error, reason)
    t.same(expectedBy(platform), ['vm-1'])
    const { ageMs } = platform.read()
    clock.passed += 60_000
    t.equal(platform.read().ageMs, (ageMs ?? 0) + 60_000)
    await platform.stop()
  }
})

t.test('one that does not end is ended, and one that is not there is said to be', async t => {
  const clock = new TestClock()
  const log = pino({ enabled: false })
  const opened = (command: readonly string[], timeoutMs: number) => {
    const parts = { command, everyMs: 15_000, timeoutMs, clock, log, chance: () => 0.5 }
    const platform = new CommandPlatform(parts)
    t.teardown(() => platform.stop())
    platform.start()
    return platform
  }
  const endless = opened([process.execPath, '-e', 'setInterval(() => {}, 1000)'], 50)
  await until(() => endless.read().error !== null)
  t.match(endless.read().error, /SIGKILL after its time was over/)
  const absent = opened([join(t.testdirName, 'nothing')], 5_000)
  await until(() => absent.read().error !== null)
  t.match(absent.read().error, /could not be started: ENOENT/)
  t.equal(absent.read().ageMs, null)
})

t.test('what it prints stands in no log and no error', async t => {
  const secret = 'AccountKey=c2VjcmV0'
  const { platform, logged } = saying(t, `console.error('${secret}'); console.log('${secret}')`)
  await until(() => platform.read().error !== null)
  t.notMatch([platform.read().error, ...logged].join('\n'), secret)
})
