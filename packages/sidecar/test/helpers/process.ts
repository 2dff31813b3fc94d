import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

interface Test {
  teardown(clean: () => unknown): unknown
}

export interface Message {
  readonly is: string
  readonly version?: number
  readonly next?: string
  readonly slot?: string
}

/** A process of a test, with what it has said so far. */
export class TestProcess {
  readonly child: ChildProcess
  readonly messages: Message[] = []
  /** All that it wrote, to both outputs. */
  output = ''
  #waiters = new Set<() => void>()

  constructor(t: Test, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = fork(fileURLToPath(new URL(program, import.meta.url)), [...args], {
      execArgv: ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning'],
      env: { ...process.env, ...env },
      silent: true,
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', chunk => {
        this.output += String(chunk)
      })
    }
    this.child.on('message', message => {
      this.messages.push(message as Message)
      const waiters = [...this.#waiters]
      this.#waiters.clear()
      for (const wake of waiters) wake()
    })
    t.teardown(() => this.kill())
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(fits)
      if (found) return found
      await new Promise<void>(resolve => this.#waiters.add(resolve))
    }
  }

  send(command: string): void {
    this.child.send(command)
  }

  /** SIGKILL, and settles once the process is no more. Safe to call again. */
  async kill(): Promise<void> {
    if (!this.isRunning) return
    const exit = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exit
  }

  async exited(): Promise<number | null> {
    if (this.isRunning) await once(this.child, 'exit')
    return this.child.exitCode
  }
}
