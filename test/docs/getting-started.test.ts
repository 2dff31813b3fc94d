import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { restartablePort } from '../support/process/ports.ts'
import { type Block, blocksOf } from './support/blocks.ts'

const root = join(import.meta.dirname, '../..')

/** A checkout as a newcomer has it, with what is installed here. */
const checkout = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-'))
  const filter = (path: string) => !/\/(node_modules|dist|test)(\/|$)/.test(path.slice(root.length))
  for (const name of ['package.json', 'packages']) {
    cpSync(join(root, name), join(folder, name), { recursive: true, filter })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Whoever types: what one terminal sets stays set for the commands after it. */
class Newcomer {
  readonly #folder: string
  readonly #background: { child: ChildProcess; said: () => string }[] = []
  #variables: NodeJS.ProcessEnv

  constructor(folder: string) {
    this.#folder = folder
    const { PATH } = process.env
    // What is installed belongs to the tree that the test runs in: nothing installs here.
    this.#variables = { PATH, HOME: folder, npm_config_ignore_scripts: 'true' }
  }

  /** To its end; what it exports is there from then on. */
  async run(code: string): Promise<{ readonly exit: number; readonly out: string }> {
    const marker = '--- the environment afterwards ---'
    const { child, said } = this.#start(
      `${code}\nresult=$?; echo '${marker}'; env -0; exit $result`,
    )
    const [exit] = await once(child, 'close')
    const [out = '', environment = ''] = said().split(`${marker}\n`)
    this.#variables = Object.fromEntries(
      environment.split('\0').flatMap(line => {
        const at = line.indexOf('=')
        return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
      }),
    )
    return { exit: Number(exit), out }
  }

  /** Until it has said that. @throws where it ends before */
  async start(code: string, words: string): Promise<void> {
    const started = this.#start(code)
    this.#background.push(started)
    while (!started.said().includes(words)) {
      if (started.child.exitCode !== null) throw new Error(`it ended:\n${started.said()}`)
      await Promise.race([
        once(started.child.stdout ?? process, 'data'),
        once(started.child, 'close'),
      ])
    }
  }

  /** Ctrl-C in every terminal, the last one first. */
  async end(): Promise<readonly string[]> {
    for (const { child } of this.#background.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
      const closed = once(child, 'close')
      process.kill(-child.pid, 'SIGINT')
      await closed
    }
    return this.#background.map(({ said }) => said())
  }

  #start(code: string) {
    const child = spawn('bash', ['-c', code], {
      cwd: this.#folder,
      env: this.#variables,
      // A group of its own, so that it ends with all that it has started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        said += chunk
      })
    }
    return { child, said: () => said }
  }
}

t.setTimeout(600_000)

t.test('the newcomer’s path, each command as it is printed', async t => {
  const folder = checkout()
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const newcomer = new Newcomer(folder)
  t.teardown(() => newcomer.end())
  // The port alone is another one: somebody else may use that of the page.
  const port = await restartablePort()
  const page = readFileSync(join(root, 'docs/getting-started.md'), 'utf8').replaceAll(
    '8443',
    `${port}`,
  )
  const blocks = blocksOf(page)
  const told = new Map<string, string>()
  for (const block of blocks) await follow(newcomer, folder, block, told, t)

  t.match(told.get('doctor'), /Nothing is wrong/)
  t.match(told.get('plan'), /secondary/)
  t.match(told.get('rotate'), /completed/i)
  t.match(told.get('status'), /orders-1/)
  t.match(told.get('history'), /my first turn/)
  const [azure = '', , , application = ''] = await newcomer.end()
  t.match(azure, 'azure-sim runs')
  t.match(application, /version \d+: secondary signs/, 'it heard of the other key')
  t.notMatch(application, /Error/, 'and no order failed')
  const names = [
    'azure-sim',
    'init',
    'coordinator',
    'sidecar',
    'doctor',
    'plan',
    'rotate',
    'status',
    'history',
  ]
  for (const name of names) t.match(page, new RegExp(`keyturn -- ${name}\\b`), name)
})

const follow = async (
  newcomer: Newcomer,
  folder: string,
  { mark, code, line }: Block,
  told: Map<string, string>,
  t: {
    equal(found: unknown, wanted: unknown, message: string): unknown
    pass(message: string): unknown
  },
): Promise<void> => {
  const [, path] = /^write (\S+)$/.exec(mark ?? '') ?? []
  const [, words] = /^run in the background, until: (.+)$/.exec(mark ?? '') ?? []
  if (mark?.startsWith('run by: ')) return
  if (path !== undefined) writeFileSync(join(folder, path), code)
  else if (words !== undefined) await newcomer.start(code, words)
  else {
    const { exit, out } = await newcomer.run(code)
    t.equal(exit, 0, `line ${line}: ${code.split('\n')[0]}\n${exit === 0 ? '' : out}`)
    const [, name = code] = /keyturn -- (\w+)/.exec(code) ?? []
    told.set(name, out)
  }
  t.pass(`line ${line}`)
}
