// A process that is measured from outside: what it is comes from its command line alone.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Cost {
  /** Resident memory, in bytes. */
  readonly rss: number
  /** Heap and external memory in use, in bytes. */
  readonly live: number
  /** User and system time since its start, of all its threads. */
  readonly cpuMicros: number
}

const probe = fileURLToPath(new URL('probe.js', import.meta.url))
/** What it said last, for the sentence about its early end. */
const outputBytesMax = 4_096

export class Measured {
  readonly #process: ChildProcess
  #output = ''
  readonly #waiting = new Set<() => void>()

  /** @param args as on a command line, behind `node`. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = process.cwd()) {
    this.#process = spawn(process.execPath, ['--expose-gc', '--import', probe, ...args], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-outputBytesMax)
        for (const wake of this.#waiting) wake()
      })
    }
    this.#process.on('exit', () => {
      for (const wake of this.#waiting) wake()
    })
  }

  /** Settles once it has printed this. @throws Error with its own words where it ended instead. */
  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      this.#mustRun()
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.add(resolve)
      await promise
      this.#waiting.delete(resolve)
    }
  }

  /** @param ask `collect`: after a collection, so that only what is held counts. */
  async cost(ask: 'now' | 'collect' = 'now'): Promise<Cost> {
    this.#mustRun()
    const answer = once(this.#process, 'message')
    this.#process.send(ask)
    const [cost] = await answer
    return cost as Cost
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await ended
  }

  #mustRun(): void {
    if (this.#process.exitCode === null && this.#process.signalCode === null) return
    throw new Error(`A measured process ended by itself: ${this.#output.trim()}`)
  }
}
