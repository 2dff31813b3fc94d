import type { Logger } from 'pino'
import { inShort } from '../azure/azure-error.ts'
import { JournalConflict, type WallClock } from '../ports.ts'
import type { Account } from './account.ts'

const failureDelayMsMax = 30_000

/** The longest between two turns while a key has leaked: nothing that is due waits for a beat. */
const urgentTurnMs = 200

/** Turns one account for as long as the coordinator runs; one that fails holds up no other. */
export class Driver {
  readonly #account: Account
  readonly #turnMs: number
  readonly #clock: WallClock
  readonly #log: Logger
  readonly #onTurned: () => void
  readonly #stopped = new AbortController()
  #wake = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  constructor(
    account: Account,
    options: { turnMs: number; clock: WallClock; log: Logger; onTurned: () => void },
  ) {
    this.#account = account
    this.#turnMs = options.turnMs
    this.#clock = options.clock
    this.#log = options.log
    this.#onTurned = options.onTurned
  }

  start(): void {
    this.#running = Promise.all([this.#run(), this.#beat()])
  }

  /** Something new is known: take the next turn now. */
  wake(): void {
    this.#wake.abort()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#wake.abort()
    await this.#running
  }

  /** Time is observed while a turn waits for Azure, too: only a process that stood still misses it. */
  async #beat(): Promise<void> {
    const beatMs = this.#account.options.policy.limits.turnMsMax / 4
    while (!this.#stopped.signal.aborted) {
      try {
        this.#account.observe()
      } catch (error) {
        this.#log.warn({ event: 'observing-failed', reason: inShort(error) })
      }
      await this.#clock.sleep(beatMs, this.#stopped.signal)
    }
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#stopped.signal.aborted) {
      this.#wake = new AbortController()
      const turned = await this.#turn()
      this.#onTurned()
      if (turned === 'deposed') return this.#follow()
      failures = turned === 'failed' ? failures + 1 : 0
      if (turned === 'acted') continue
      const turnMs = this.#account.isUrgent ? Math.min(urgentTurnMs, this.#turnMs) : this.#turnMs
      const pause = failures > 0 ? Math.min(turnMs * 2 ** failures, failureDelayMsMax) : turnMs
      await this.#clock.sleep(pause, failures > 0 ? this.#stopped.signal : this.#wake.signal)
    }
  }

  /** Another one leads: members that still report here hear what that one recorded (P17). */
  async #follow(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        this.#account.load()
        this.#onTurned()
      } catch (error) {
        this.#log.warn({ event: 'following-failed', reason: inShort(error) })
      }
      await this.#clock.sleep(this.#turnMs, this.#stopped.signal)
    }
  }

  async #turn(): Promise<'acted' | 'waited' | 'failed' | 'deposed'> {
    try {
      return await this.#account.turn()
    } catch (error) {
      const reason = inShort(error)
      if (error instanceof JournalConflict) {
        if (error.moved !== 'leader') return 'acted'
        this.#log.error({ event: 'deposed', reason })
        return 'deposed'
      }
      this.#log.warn({ event: 'turn-failed', reason })
      return 'failed'
    }
  }
}
