import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { saidBy } from '../support/process/run.ts'
import { commandLine, descendants, isAlive, startDemo } from './support/demo.ts'

t.setTimeout(600_000)

/** A demo under load, with folders in a place of their own. */
const running = async (t: Test) => {
  const temporary = t.testdir({})
  const demo = startDemo(['--json', '--seed', '1'], { TMPDIR: temporary })
  const { pid } = demo.child
  if (pid === undefined) throw new Error('the demo did not start')
  t.teardown(() => demo.child.kill('SIGKILL'))
  await saidBy(demo, 'load before')
  const children = descendants(pid)
  t.equal(children.length, 8, 'an Azure, a coordinator, three sidecars and three applications')
  for (const each of children) t.not(commandLine(each), '', 'each of them runs')
  t.equal(readdirSync(temporary).length, 1, 'they have one folder')
  // The temporary folder of a test has too long a name for sockets: they are somewhere else.
  const [, socket = ''] =
    children
      .map(commandLine)
      .join(' ')
      .match(/--socket (\S+)/) ?? []
  t.ok(existsSync(socket), 'applications find their sidecars')
  t.teardown(() => rmSync(dirname(socket), { recursive: true, force: true }))
  return { demo, children, temporary, sockets: dirname(socket) }
}

const untilDead = async (pids: readonly number[]): Promise<void> => {
  while (pids.some(isAlive)) await sleep(50)
}

const skip = !existsSync('/proc/self/stat') && 'there is no /proc here to look for processes in'

t.test(
  'Ctrl-C in the middle of a demo ends all, removes its folder and says so',
  { skip },
  async t => {
    const { demo, children, temporary, sockets } = await running(t)
    demo.child.kill('SIGINT')
    const ended = await demo.ended
    t.equal(ended.code, 130)
    t.match(ended.err, /\nkeyturn: Interrupted: [^\n]+\.\n$/, 'one sentence, no stack')
    t.equal(ended.out, '', 'no report')
    t.same(children.filter(isAlive), [], 'no child is left')
    t.same(readdirSync(temporary), [], 'no folder is left')
    t.notOk(existsSync(sockets), 'nor that of the sockets')
  },
)

t.test('whatever a killed demo has started ends by itself', { skip }, async t => {
  const { demo, children } = await running(t)
  demo.child.kill('SIGKILL')
  t.equal((await demo.ended).signal, 'SIGKILL')
  await untilDead(children)
  t.same(children.filter(isAlive), [])
})
