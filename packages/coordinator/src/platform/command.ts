import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { jittered } from '@keyturn/core'
import type { Logger } from 'pino'
import { z } from 'zod'
import { inShort } from '../azure/azure-error.ts'
import type { Platform, PlatformWord, WallClock } from '../ports.ts'

const run = promisify(execFile)

const instanceSchema = z.object({ name: z.string().min(1), uid: z.string().min(1) })

/** What the program prints: everybody who runs, and everybody who is known to be dead. */
export const commandWordSchema = z.strictObject({
  expected: z.array(instanceSchema),
  dead: z.array(
    instanceSchema.extend({
      proof: z.enum(['terminated', 'machine-ended']),
      /** What was seen, in a few words. */
      detail: z.string().max(200).default(''),
    }),
  ),
})

export interface CommandParts {
  /** Program and arguments; no shell. */
  readonly command: readonly string[]
  readonly everyMs: number
  readonly timeoutMs: number
  readonly clock: WallClock
  readonly chance: () => number
  readonly log: Logger
}

/** More than a fleet of 100,000 needs. */
const outputMax = 64 * 1024 * 1024

/**
 * Asks a program who runs and who is dead, again and again: for virtual machine scale sets and
 * whatever else. It prints one JSON object and ends with 0; anything else says nothing, and what it
 * said last grows old.
 */
export class CommandPlatform implements Platform {
  readonly #parts: CommandParts
  readonly #stopped = new AbortController()
  #running: Promise<unknown> = Promise.resolve()
  #word: Pick<PlatformWord, 'expected' | 'dead'> = { expected: [], dead: [] }
  #at: number | null = null
  #error: string | null = null

  constructor(parts: CommandParts) {
    this.#parts = parts
  }

  read(): PlatformWord {
    const ageMs = this.#at === null ? null : this.#now() - this.#at
    return { ...this.#word, ageMs, error: this.#error }
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, chance, everyMs, log } = this.#parts
    const { signal } = this.#stopped
    while (!signal.aborted) {
      try {
        const since = this.#now()
        this.#word = await this.#ask()
        this.#at = since
        this.#error = null
      } catch (error) {
        if (signal.aborted) return
        this.#error = reasonOf(error)
        log.warn({ event: 'platform-failed', reason: this.#error })
      }
      await clock.sleep(jittered(everyMs, chance()), signal)
    }
  }

  async #ask() {
    const { command, timeoutMs } = this.#parts
    const [program = '', ...args] = command
    const { stdout } = await run(program, args, {
      signal: this.#stopped.signal,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: outputMax,
    })
    return commandWordSchema.parse(JSON.parse(stdout))
  }

  #now(): number {
    const { clock } = this.#parts
    return clock.monotonic?.() ?? clock.now()
  }
}

/** Never what it printed: nobody knows what that is. */
const reasonOf = (error: unknown): string => {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues
    return `its answer is none: ${issue?.path.join('.')} ${issue?.message}`
  }
  if (error instanceof SyntaxError) return 'its answer is no JSON'
  const { code, killed, signal } = error as { code?: unknown; killed?: boolean; signal?: unknown }
  if (killed) return `ended by ${signal} after its time was over`
  if (typeof code === 'number') return `exit code ${code}`
  return typeof code === 'string' ? `could not be started: ${code}` : inShort(error)
}
