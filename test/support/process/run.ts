import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<Ended>
}

/** What watches over the answers of a simulated Azure, alone of what Node is told to preload. */
const watching = (options: string | undefined): NodeJS.ProcessEnv => {
  const watch = /--import=[^\s"]*\/support\/watch\.js[^\s"]*/.exec(options ?? '')?.[0]
  return watch === undefined ? {} : { NODE_OPTIONS: watch }
}

/** A Node process without what tap puts into the environment of a test. */
export const startNode = (
  args: readonly string[],
  { cwd, env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Running => {
  const { NODE_OPTIONS: options, ...clean } = process.env
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...clean, ...watching(options), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve([code, signal]))
  })
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], out, err]) => ({ code, signal, out, err }),
  )
  return { child, ended }
}

/** Waits until the process has said it, on either stream. */
export const saidBy = async ({ child, ended }: Running, words: string): Promise<void> => {
  let heard = ''
  const said = new Promise<void>(resolve => {
    const listen = (chunk: Buffer) => {
      heard += chunk
      if (heard.includes(words)) resolve()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
  })
  const died = ended.then(({ err }) => {
    if (!heard.includes(words)) throw new Error(`ended without saying ${words}: ${err}`)
  })
  await Promise.race([said, died])
}
