// A measured process and whoever asks it: one question at a time, one answer to each.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

interface Failure {
  readonly failure: string
}

const isFailure = (message: unknown): message is Failure =>
  typeof message === 'object' && message !== null && 'failure' in message

/** In the child: says that it is ready, then answers until its parent is gone. */
export const serve = <Question, Answer>(
  ready: unknown,
  answer: (question: Question) => Promise<Answer>,
): void => {
  process.on('message', (question: Question) => {
    answer(question).then(
      value => process.send?.(value),
      error => process.send?.({ failure: error instanceof Error ? error.message : String(error) }),
    )
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.(ready)
}

const running = new Set<{ stop(): Promise<void> }>()

/** Ends whatever is still running: a failed benchmark leaves nothing behind. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(Array.from(running, child => child.stop()))
}

/** A process of its own, as its parent sees it. */
export class Child<Ready, Question, Answer> {
  readonly ready: Ready
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, ready: Ready) {
    this.#process = child
    this.ready = ready
    running.add(this)
  }

  /** What it prints is shown: a benchmark of something that complains is worth nothing. */
  static async start<Ready, Question, Answer>(
    file: string,
    flags: readonly string[] = [],
  ): Promise<Child<Ready, Question, Answer>> {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      execArgv: ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning', ...flags],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    return new Child(child, await next<Ready>(child))
  }

  /** @throws Error with the child's own words where it failed. */
  async ask<Kind extends Answer = Answer>(question: Question): Promise<Kind> {
    const answer = next<Kind>(this.#process)
    this.#process.send(question as object)
    return answer
  }

  async stop(): Promise<void> {
    running.delete(this)
    if (this.#process.exitCode !== null) return
    const ended = once(this.#process, 'exit')
    if (this.#process.connected) this.#process.disconnect()
    await ended
  }
}

const next = async <Message>(child: ChildProcess): Promise<Message> => {
  const over = new AbortController()
  const failed = once(child, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`A measured process ended by itself with code ${code}.`)
  })
  failed.catch(() => {})
  const [message] = await Promise.race([once(child, 'message', { signal: over.signal }), failed])
  over.abort()
  if (isFailure(message)) throw new Error(message.failure)
  return message as Message
}
