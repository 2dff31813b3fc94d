// Starts a measured process, and asks it.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Memory, Ready } from './server.ts'

export interface Measured {
  readonly ready: Ready
  memory(): Promise<Memory>
  stop(): Promise<void>
}

/** What it prints is shown: a benchmark of something that complains is worth nothing. */
export async function start(
  what: 'sim' | 'bare',
  { document = '', flags = [] }: { document?: string; flags?: readonly string[] } = {},
): Promise<Measured> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [what, document], {
    execArgv: ['--conditions=keyturn-source', '--disable-warning=ExperimentalWarning', ...flags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The ${what} process ended by itself with code ${code}.`)
  })
  failed.catch(() => {})
  const answer = async <T>(): Promise<T> =>
    (await Promise.race([once(child, 'message'), failed]))[0] as T
  return {
    ready: await answer<Ready>(),
    memory: () => {
      child.send('memory')
      return answer<Memory>()
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
