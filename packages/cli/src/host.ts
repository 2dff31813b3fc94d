import type { Writable } from 'node:stream'

/** What a command may touch of the process around it, so that tests can run one in theirs. */
export interface Host {
  /** Without the interpreter and the script. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Writable & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  /** Fires when the process is asked to end: finish what is at hand, and return. */
  readonly signal: AbortSignal
}

/** Told by a command that ends well with another exit code than 0. */
export type Done = (code: number) => void

export const say = (host: Host, line: string): void => {
  host.stdout.write(`${line}\n`)
}

/** How large the terminal is. One that does not say so (`script`, a container's) has 0 of each. */
export const sizeOf = ({ stdout }: Pick<Host, 'stdout'>) => ({
  columns: stdout.columns || undefined,
  rows: stdout.rows || undefined,
})

/** What fits into a line of the terminal without making it jump; without one nothing is broken. */
export const columnsOf = (host: Host): number =>
  (sizeOf(host).columns ?? Number.POSITIVE_INFINITY) - 1

export const complain = (host: Host, sentence: string): void => {
  host.stderr.write(`keyturn: ${sentence}${/[.!?…]$/.test(sentence) ? '' : '.'}\n`)
}

/** Resolves when the process is asked to end. */
export const untilAskedToEnd = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
