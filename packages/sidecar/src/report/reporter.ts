import { backoffMs, isNews, jittered, mayReport, type Statement, statementOf } from '@keyturn/core'
import { type Chance, type Clock, type Ring, rest } from '@keyturn/keyring'
import type { Pod, Report, ReportAnswer } from '@keyturn/protocol'
import { reasonOf } from '../error.ts'
import type { Log } from '../log.ts'
import type { MemberStore } from '../store.ts'
import { CoordinatorRefusal } from './coordinator-client.ts'
import { reportFor } from './wire.ts'

export interface ReporterParts {
  readonly store: MemberStore
  readonly ring: Ring
  readonly send: (report: Report, signal: AbortSignal) => Promise<ReportAnswer>
  readonly onAnswer: (answer: ReportAnswer) => void
  readonly holdMs: number
  readonly pod?: Pod | undefined
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
}

const backoff = { firstMs: 200, maxMs: 5_000 } as const
/** News that comes in a burst goes out together. */
const gapMsMin = 5
/** A coordinator that holds nothing, or was asked not to, is asked this often where there is no news. */
const paceMs = 1_000
const goodbyeMsMax = 3_000
/**
 * So many reports in a row are given up for newer ones; the next is answered first. Where clients
 * come and go faster than answers, nothing would be heard: no floor, and no announcement.
 */
const givenUpMax = 3
/** The wire lets a report be held for 60 s: with the longest jitter this comes to no more. */
const holdMsMax = 54_500

/** Told apart from a failure: this report was given up for a newer one. */
const superseded = new Error('There is news: a newer report goes out.')

/**
 * Sends reports, one after another: each is held by the coordinator until it has something to
 * announce. News ends the wait at once: the held report is dropped and a newer one says all.
 */
export class Reporter {
  readonly #parts: ReporterParts
  readonly #stop = new AbortController()
  #sent = 0
  #failures = 0
  /** Reports in a row that were given up for newer ones. */
  #givenUp = 0
  #running: Promise<void> = Promise.resolve()

  constructor(parts: ReporterParts) {
    this.#parts = parts
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stop.abort(superseded)
    await this.#running
  }

  /** The last report: waits, in bounded time, until the coordinator has it. */
  async goodbye(): Promise<boolean> {
    const { send, clock } = this.#parts
    const report = this.#next(0, true)
    if (report === null) return false
    const over = new AbortController()
    const late = rest(clock, goodbyeMsMax, over.signal).then(() => {
      over.abort(new Error('Nobody answered the goodbye.'))
      return false
    })
    const heard = send(report.wire, over.signal).then(
      () => true,
      () => false,
    )
    return Promise.race([heard, late]).finally(() => over.abort())
  }

  async #run(): Promise<void> {
    const { store, clock, chance, holdMs } = this.#parts
    const signal = this.#stop.signal
    while (!signal.aborted) {
      await store.until(state => mayReport(state) && state.subject !== null, signal)
      if (signal.aborted) return
      // Until it has joined, every answer is wanted at once.
      const spread = Math.round(jittered(Math.min(holdMs, holdMsMax), chance()))
      const mayWait = store.state.joining === 'joined' && this.#givenUp < givenUpMax
      const report = this.#next(mayWait ? spread : 0, false)
      const sentAt = clock.now()
      const outcome = report === null ? 'failed' : await this.#once(report)
      if (signal.aborted) return
      this.#givenUp = outcome === 'news' ? this.#givenUp + 1 : 0
      this.#failures = outcome === 'failed' ? this.#failures + 1 : 0
      if (outcome === 'answered' && report !== null) await this.#pace(report, sentAt)
      const waitMs = outcome === 'failed' ? backoffMs(this.#failures, chance(), backoff) : gapMsMin
      await rest(clock, waitMs, signal)
    }
  }

  /** Waits for news, or until the last report is about `paceMs` old. */
  async #pace({ statement }: Outgoing, sentAt: number): Promise<void> {
    const { store, clock, chance } = this.#parts
    const leftMs = sentAt + jittered(paceMs, chance()) - clock.now()
    if (leftMs <= 0) return
    const over = new AbortController()
    const either = AbortSignal.any([over.signal, this.#stop.signal])
    void rest(clock, leftMs, either).then(() => over.abort())
    await store.until(state => isNews(statement, statementOf(state)), either)
    over.abort()
  }

  #next(holdMs: number, goodbye: boolean): Outgoing | null {
    const { store, ring, pod } = this.#parts
    const { usage, refused } = ring.sample()
    store.apply({ is: 'measured', probes: usage, refused })
    this.#sent += 1
    const statement = statementOf(store.state)
    const wire = reportFor({
      state: store.state,
      statement,
      sent: this.#sent,
      source: ring.sourceStatus(),
      stalenessMsMax: ring.source.stalenessMsMax,
      holdMs,
      goodbye,
      pod,
    })
    return wire === null ? null : { statement, wire }
  }

  async #once({ statement, wire }: Outgoing): Promise<'answered' | 'news' | 'failed'> {
    const { store, send, onAnswer } = this.#parts
    const news = new AbortController()
    const isAnsweredFirst = this.#givenUp >= givenUpMax
    const look = (): void => {
      if (!isAnsweredFirst && isNews(statement, statementOf(store.state))) news.abort(superseded)
    }
    const unfollow = store.follow(look)
    look()
    try {
      const answer = await send(wire, AbortSignal.any([this.#stop.signal, news.signal]))
      unfollow()
      onAnswer(answer)
      return 'answered'
    } catch (error) {
      if (news.signal.aborted || this.#stop.signal.aborted) return 'news'
      this.#tell(error)
      return 'failed'
    } finally {
      unfollow()
    }
  }

  #tell(error: unknown): void {
    const reason = error instanceof CoordinatorRefusal ? error.message : reasonOf(error)
    const fact = { event: 'coordinator-away', reason, failures: this.#failures + 1 }
    this.#parts.log.warn(fact, 'A report did not reach the coordinator; it is sent again.')
  }
}

interface Outgoing {
  readonly statement: Statement
  readonly wire: Report
}
