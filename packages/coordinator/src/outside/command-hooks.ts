import { spawn } from 'node:child_process'
import type { Slot } from '@keyturn/core'
import type { Hooks } from '../ports.ts'

export interface CommandHook {
  readonly consumer: string
  /** Program and arguments; no shell. */
  readonly command: readonly string[]
  /** Killed after this many milliseconds. */
  readonly timeoutMs: number
}

/**
 * Runs a consumer's own program: exit code 0 says that it has let go of the key. What it needs to
 * know comes by the environment (`KEYTURN_ACCOUNT`, `KEYTURN_CONSUMER`, `KEYTURN_SLOT_GOING`,
 * `KEYTURN_SLOT_STAYING`), and is never a key: it reads those where every consumer does.
 */
export const commandHooks = (
  account: string,
  hooks: readonly CommandHook[],
  env: NodeJS.ProcessEnv,
): Hooks => ({
  run(consumer, slot) {
    const hook = hooks.find(each => each.consumer === consumer)
    const [program, ...args] = hook?.command ?? []
    if (!hook || program === undefined) return Promise.resolve('it has no command')
    return ended(program, args, hook.timeoutMs, {
      ...env,
      KEYTURN_ACCOUNT: account,
      KEYTURN_CONSUMER: consumer,
      KEYTURN_SLOT_GOING: slot,
      KEYTURN_SLOT_STAYING: otherOf(slot),
    })
  },
})

const otherOf = (slot: Slot): Slot => (slot === 'primary' ? 'secondary' : 'primary')

const ended = (
  program: string,
  args: readonly string[],
  timeoutMs: number,
  env: NodeJS.ProcessEnv,
): Promise<string | null> =>
  new Promise(resolve => {
    // Its output is its own: nobody knows what it prints.
    const child = spawn(program, args, {
      env,
      stdio: 'ignore',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    child.once('error', error => resolve(`could not be started: ${codeOf(error)}`))
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(null)
      else resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`)
    })
  })

const codeOf = (error: NodeJS.ErrnoException): string => error.code ?? error.name
