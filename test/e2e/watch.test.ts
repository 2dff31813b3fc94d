import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { type Ended, startNode } from '../support/process/run.ts'
import { Turning, type TurningOptions } from './support/turning.ts'

t.setTimeout(600_000)

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const flags = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']

/** A whole rotation waits in the middle of it for somebody's word. */
const held: TurningOptions = {
  members: ['orders-1', 'orders-2'],
  policy: { consumers: [{ name: 'monthly', by: 'operator' }] },
}

const open = async (t: Test) => {
  const turning = await Turning.open(t, held)
  const env = {
    KEYTURN_COORDINATOR: turning.url,
    KEYTURN_TOKEN_FILE: join(turning.directory, 'operator.token'),
  }
  const start = (...argv: string[]) => {
    const running = startNode([...flags, main, ...argv], { env })
    t.teardown(() => running.child.kill('SIGKILL'))
    let heard = ''
    running.child.stdout.on('data', chunk => {
      heard += chunk
    })
    /** Resolves once it has said it, now or before. */
    const says = async (words: string): Promise<void> => {
      while (!heard.includes(words)) {
        await new Promise(resolve => running.child.stdout.once('data', resolve))
      }
    }
    return { ...running, says }
  }
  const moved = () => turning.verb({ verb: 'acknowledge', consumer: 'monthly', reason: 'moved' })
  const waits = (slot: string) =>
    turning.until(`waiting for the consumer of the ${slot} key`, ({ blockers }) =>
      blockers.some(
        ({ code, sentence }) =>
          code === 'CONSUMER_PENDING' && sentence.includes(`use the ${slot} key`),
      ),
    )
  return { turning, env, start, moved, waits }
}

const linesOf = ({ out }: Ended): readonly string[] => out.trimEnd().split('\n')

t.test('a rotation is watched to its end, through a coordinator that is killed', async t => {
  const { turning, start, moved, waits } = await open(t)
  const watching = start('rotate', '--watch', '--reason', 'quarterly')
  await watching.says('waits: CONSUMER_PENDING')
  await turning.kill()
  await watching.says('The coordinator does not answer')
  await turning.start()
  await watching.says('The coordinator is back.')
  await moved()
  await waits('primary')
  await moved()
  const ended = await watching.ended
  t.equal(ended.code, 0)
  t.equal(ended.err, '')
  const lines = linesOf(ended)
  t.match(lines.at(-1), /^✓ completed in .+: keyturn status shows/)
  for (const line of lines.slice(0, -1)) t.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}\S/)
  t.equal(stripVTControlCharacters(ended.out), ended.out, 'no colour, nothing drawn anew')
  const once = [
    'operator started rotation ',
    'Phase regenerating-standby began. It takes about ',
    'Phase publishing-former began.',
    'The rotation is completed.',
  ]
  for (const words of once) {
    t.equal(lines.filter(line => line.includes(words)).length, 1, words)
  }
  t.match(ended.out, /version \d is held by 2 of 2 members, 2 have let go of the secondary key/)
  t.match(ended.out, /waits: CONSUMER_PENDING: .+ keyturn acknowledge monthly --reason "…"$/m)
  t.match(ended.out, /clear: CONSUMER_PENDING$/m)

  t.comment('whoever comes later is told how it ended')
  const later = await start('watch', '--json').ended
  t.equal(later.code, 0)
  const events = linesOf(later).map(line => JSON.parse(line))
  t.ok(events.some(({ is, data }) => is === 'status' && data.rotation.status === 'completed'))
})

t.test('Ctrl-C, a timeout and an abort: the exit code says which', async t => {
  const { turning, start, waits } = await open(t)
  t.match(await start('watch').ended, { code: 1, err: /^keyturn: NO_ROTATION: .+\.\n$/ })

  const watching = start('rotate', '--watch', '--reason', 'quarterly')
  await watching.says('waits: CONSUMER_PENDING')
  watching.child.kill('SIGINT')
  const left = await watching.ended
  t.equal(left.code, 130)
  t.match(left.err, /^keyturn: The rotation goes on without you: keyturn watch [^\n]+\.\n$/)
  const { rotation } = await waits('secondary')
  t.equal(rotation?.status, 'running', 'it goes on')

  const short = await start('watch', '--timeout', '1s').ended
  t.match(short, {
    code: 4,
    err: /^keyturn: NOT_IN_TIME: [^\n]+ goes on: keyturn watch [^\n]+\.\n$/,
  })

  const last = start('watch')
  await last.says('waits: CONSUMER_PENDING')
  await turning.verb({ verb: 'abort', reason: 'not today' })
  const reverted = await last.ended
  t.equal(reverted.code, 3)
  t.match(linesOf(reverted).at(-1), /^↺ reverted after .+: the primary key signs, as before\.$/)
})

t.test('a reader that goes away ends it without a word', async t => {
  const { start } = await open(t)
  const watching = start('rotate', '--watch', '--reason', 'quarterly')
  await watching.says('waits: CONSUMER_PENDING')
  // Whoever collects its output sees that end early: that is what this is about.
  watching.ended.catch(() => undefined)
  watching.child.stdout.destroy()
  const again = start('pause', '--reason', 'so that something is written')
  t.equal((await again.ended).code, 0)
  if (watching.child.exitCode === null) {
    await new Promise(resolve => watching.child.once('exit', resolve))
  }
  t.equal(watching.child.exitCode, 0)
})

const hasPython = (() => {
  try {
    execFileSync('python3', ['-c', 'import pty'])
    return true
  } catch {
    return false
  }
})()

/** Runs a command on a terminal of 80 by 24, and passes on what it draws. */
const terminal = `
import fcntl, os, pty, signal, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
signal.signal(signal.SIGINT, lambda *_: os.write(fd, b'\\x03'))
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

t.test(
  'on a terminal a picture is drawn anew, and Ctrl-C there leaves the rotation running',
  { skip: !hasPython && 'there is no python3 here to make a terminal with' },
  async t => {
    const { env, turning } = await open(t)
    const shown = async (environment: NodeJS.ProcessEnv, ...argv: string[]) => {
      const { spawn } = await import('node:child_process')
      const { NODE_OPTIONS: _, ...clean } = process.env
      const line = ['-c', terminal, process.execPath, ...flags, main, ...argv]
      const child = spawn('python3', line, {
        env: { ...clean, TERM: 'xterm-256color', ...env, ...environment },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      t.teardown(() => child.kill('SIGKILL'))
      let out = ''
      let isTyped = false
      child.stdout.on('data', chunk => {
        out += chunk
        const plain = stripVTControlCharacters(out)
        // The fleet may let go after the consumer has been named.
        const isWhole = plain.includes('! CONSUMER_PENDING') && plain.includes('2 of 2 members')
        if (isTyped || !isWhole) return
        isTyped = true
        child.kill('SIGINT')
      })
      const code = await new Promise(resolve => child.once('close', resolve))
      return { out, plain: stripVTControlCharacters(out), code }
    }
    const coloured = await shown({ NO_COLOR: '' }, 'rotate', '--watch', '--reason', 'quarterly')
    t.equal(coloured.code, 130)
    t.match(coloured.plain, /^orders: turning both keys\r?$/m)
    t.match(coloured.plain, /▸ fencing-standby/)
    t.match(coloured.plain, /secondary let go +━{24} {2}2 of 2 members/)
    t.match(coloured.plain, /keyturn acknowledge monthly --reason "…"/)
    t.match(coloured.plain, /The rotation goes on without you/)
    t.ok(coloured.out.includes('\u001b[36m'), 'in colour')
    t.equal((await turning.status()).rotation?.status, 'running')

    const declined = await shown({ NO_COLOR: '1' }, 'watch')
    t.equal(declined.code, 130)
    t.match(declined.plain, /▸ fencing-standby/)
    t.notOk(declined.out.includes('\u001b[36m'), 'no colour where it is declined')
    const dumb = await shown({ TERM: 'dumb', NO_COLOR: '' }, 'status')
    t.equal(dumb.out, dumb.plain, 'nor on a terminal that has none')
  },
)
