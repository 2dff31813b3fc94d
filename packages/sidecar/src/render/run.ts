import { spawn } from 'node:child_process'

/** What a reload command is told: never a key. */
export interface Told {
  readonly file: string
  readonly version: number
}

/**
 * Runs a program without a shell; settles once it has ended well. Its output is not kept: nobody
 * knows whether it prints what it read.
 */
export const runCommand = async (
  [program, ...args]: readonly [string, ...string[]],
  { file, version }: Told,
  timeoutMs: number,
): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, KEYTURN_FILE: file, KEYTURN_VERSION: `${version}` },
  })
  // Not by spawn's own timeout: where there is no such program, its timer would run on.
  const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  child.once('error', reject)
  child.once('exit', (code, signal) => {
    if (code === 0) resolve()
    else reject(new ReloadFailed(signal ?? `exit code ${code}`))
  })
  await promise.finally(() => clearTimeout(late))
}

/** How a reload command ended that did not end well. */
export class ReloadFailed extends Error {
  override readonly name = 'ReloadFailed'
  readonly code: string

  constructor(how: string) {
    super(`The reload command ended with ${how}.`)
    this.code = how
  }
}
