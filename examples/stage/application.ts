// An example's application, in a process of its own: ready once it has said so, ended by SIGTERM, and
// one line at its end says what it did.

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Done {
  readonly operations: number
  readonly failed: number
}

const nodeFlags = ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning']

export const pathOf = (file: string): string =>
  fileURLToPath(new URL(`../${file}`, import.meta.url))

export class Application {
  readonly #process: ChildProcess
  readonly #closed: Promise<void>
  #output = ''
  #waiting: (() => void) | null = null

  /** @param program the file in `examples`; one in Python is run by `python3`. */
  constructor(program: string, env: Readonly<Record<string, string>>) {
    const [command, args] = program.endsWith('.py')
      ? ['python3', [pathOf(program)]]
      : [process.execPath, [...nodeFlags, pathOf(program)]]
    this.#process = spawn(command, args, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
      this.#waiting?.()
    })
    this.#process.on('exit', () => this.#waiting?.())
    this.#closed = new Promise(resolve => this.#process.once('close', () => resolve()))
  }

  /** @throws Error where it ended instead. */
  async ready(): Promise<void> {
    while (!/^ready$/m.test(this.#output)) {
      if (this.#process.exitCode !== null) throw new Error(this.#ending())
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
  }

  /** SIGTERM. @throws Error where it did not end by itself and well. */
  async ended(): Promise<string> {
    if (this.#process.exitCode === null) this.#process.kill('SIGTERM')
    // Not its exit alone: its last line may still be in the pipe.
    await this.#closed
    if (this.#process.exitCode !== 0) throw new Error(this.#ending())
    return this.#output
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #ending(): string {
    return `The application ended with code ${this.#process.exitCode}: ${this.#output.slice(-500)}`
  }
}

/** What it said of itself at its end; what it logs beside that may come later. */
export const doneOf = (output: string): Done => {
  const line = output.split('\n').findLast(each => each.startsWith('{"operations":'))
  if (line === undefined) throw new Error('The application did not say what it did.')
  return JSON.parse(line)
}
