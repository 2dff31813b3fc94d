import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Failure } from '../failure.ts'

export interface ChildOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where everything that it prints is kept. */
  readonly logDirectory: string
}

const extension = extname(import.meta.filename)
const mainPath = join(import.meta.dirname, '..', `main${extension}`)
const applicationPath = join(import.meta.dirname, 'load', `application${extension}`)

/** How long a process may take to end before it is killed, in ms. */
const endWithinMs = 10_000

/** A process of the demo. It ends with the demo, whatever becomes of that. */
export class Child extends EventEmitter<{ line: [string]; message: [Serializable]; exit: [] }> {
  readonly name: string
  readonly #process: ChildProcess
  #lastLine = ''

  /** A command of ours in a process of its own. */
  static command(options: ChildOptions): Child {
    const args = [...process.execArgv, mainPath, ...options.args]
    return new Child(options, spawn(process.execPath, args, { env: childEnvironment(options) }))
  }

  /** An application, which speaks by messages. */
  static application(options: Omit<ChildOptions, 'args'>): Child {
    const stdio = ['pipe', 'pipe', 'pipe', 'ipc'] as const
    return new Child(
      options,
      fork(applicationPath, { env: childEnvironment(options), stdio: [...stdio] }),
    )
  }

  private constructor({ name, logDirectory }: Omit<ChildOptions, 'args'>, child: ChildProcess) {
    super()
    this.name = name
    this.#process = child
    const file = createWriteStream(join(logDirectory, `${name}.log`), { flags: 'a' })
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', line => {
        file.write(`${line}\n`)
        if (isReason(line) || !isReason(this.#lastLine)) this.#lastLine = line
        this.emit('line', line)
      })
    }
    child.on('message', message => this.emit('message', message))
    child.once('close', () => {
      file.end()
      this.emit('exit')
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  send(message: Serializable): void {
    if (this.#process.connected) this.#process.send(message)
  }

  /** The first line that is JSON and that the question finds an answer in. */
  async told<T>(find: (line: Record<string, unknown>) => T | undefined): Promise<T> {
    const found = new Promise<T>(resolve => {
      this.on('line', line => {
        const answer = find(parse(line))
        if (answer !== undefined) resolve(answer)
      })
    })
    return Promise.race([found, this.#died()])
  }

  /** The first message that the question finds an answer in. */
  async says<M, T>(find: (message: M) => T | undefined): Promise<T> {
    const found = new Promise<T>(resolve => {
      this.on('message', message => {
        const answer = find(message as M)
        if (answer !== undefined) resolve(answer)
      })
    })
    return Promise.race([found, this.#died()])
  }

  async #died(): Promise<never> {
    if (this.running) await once(this, 'exit')
    throw new Failure(`${this.name} ended early: ${this.#lastLine || 'it said nothing'}`)
  }

  /** Asks it to end, and waits. */
  async stop(): Promise<void> {
    if (!this.running) return
    const ended = once(this, 'exit')
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), endWithinMs)
    await ended
    clearTimeout(timer)
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }
}

/** A sentence of ours, or the head of a stack: it says more than what comes after it. */
const isReason = (line: string): boolean => /^(keyturn: |\w*Error\b)/.test(line)

/** The variable that makes a command end when its standard input ends. */
export const endsWithParent = 'KEYTURN_ENDS_WITH_PARENT'

const childEnvironment = ({ env }: Pick<ChildOptions, 'env'>) => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  // What is asked of Node here holds there as well.
  NODE_OPTIONS: process.env['NODE_OPTIONS'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  [endsWithParent]: '1',
  ...env,
})

const parse = (line: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
