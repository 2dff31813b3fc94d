import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import {
  authorizationHeader,
  type Fingerprint,
  isFenced,
  standbyOf,
  stringToSign,
  type Verdict,
} from '@keyturn/core'
import type { Signed } from '@keyturn/keyring'
import { clientClosed, keysUnavailable } from '../errors.ts'
import { abortable } from './abortable.ts'
import { judge } from './answer.ts'
import type { Parts } from './parts.ts'
import type { Permits } from './permits.ts'
import { isWriteRequest, type Ticket } from './ticket.ts'

/** What was sent with which key, and what came back. */
interface Sent {
  readonly fingerprint: Fingerprint
  readonly response: PipelineResponse
  readonly verdict: Verdict
}

type Step = Sent | 'again' | 'exhausted'

/** The date is corrected from one refusal; the second chance is for a clock that moved between. */
const clockCorrectionsMax = 2

/**
 * One network attempt of the SDK: signed, sent, and repeated under another key where the answer
 * says that the key was the wrong one. A 401 was not executed, so a write may be repeated too.
 */
export class Attempt {
  readonly #parts: Parts
  readonly #request: PipelineRequest
  readonly #ticket: Ticket
  readonly #endpoint: string
  readonly #permits: Permits
  readonly #signal: AbortSignal | undefined
  #tried: readonly Fingerprint[] = []
  #refusedEver: readonly Fingerprint[] = []
  #refreshed = false
  #holdsPermit = false
  #rounds = 0
  #corrections = 0
  #last: PipelineResponse | null = null

  constructor(
    parts: Parts,
    request: PipelineRequest,
    ticket: Ticket,
    endpoint: string,
    permits: Permits,
  ) {
    this.#parts = parts
    this.#request = request
    this.#ticket = ticket
    this.#endpoint = endpoint
    this.#permits = permits
    this.#signal = request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined
  }

  async run(): Promise<PipelineResponse> {
    const waiting = this.#permits.acquire(this.#signal)
    if (waiting) await waiting
    this.#holdsPermit = true
    try {
      for (;;) {
        const step = await this.#step()
        if (step === 'again') continue
        if (step === 'exhausted') {
          if (await this.#mayTryAgain()) continue
          return this.#giveUp()
        }
        const answer = this.#settle(step)
        if (answer) return answer
      }
    } finally {
      this.#letGo()
    }
  }

  #letGo(): void {
    if (this.#holdsPermit) this.#permits.release()
    this.#holdsPermit = false
  }

  async #step(): Promise<Step> {
    const trial = this.#trial()
    return trial === null ? this.#send(null) : this.#tryAgain(trial)
  }

  /** The active key where it is refused and its breaker is half-open. */
  #trial(): Fingerprint | null {
    const { ring, breakers } = this.#parts
    if (ring.refusals.length === 0 || ring.current === null) return null
    const { fingerprint } = ring.current.keys[ring.current.active]
    if (this.#tried.includes(fingerprint)) return null
    return breakers.mayTry(fingerprint, this.#endpoint) ? fingerprint : null
  }

  async #tryAgain(fingerprint: Fingerprint): Promise<Step> {
    let step: Step = 'again'
    const attempt = async (): Promise<boolean> => {
      step = await this.#send(fingerprint)
      if (typeof step === 'string' || step.fingerprint !== fingerprint) return false
      if (step.verdict.kind !== 'accepted') return false
      this.#parts.ring.accepted(fingerprint, this.#endpoint, this.#isWrite(), [])
      return true
    }
    const ran = await this.#parts.breakers.try(fingerprint, this.#endpoint, attempt)
    return ran ? step : this.#send(null)
  }

  async #send(trial: Fingerprint | null): Promise<Step> {
    const { ring, transport, date } = this.#parts
    const now = date.text()
    const begun = ring.begin({
      text: stringToSign(this.#ticket.prefix, now),
      endpoint: this.#endpoint,
      tried: this.#tried,
      refreshed: this.#refreshed,
      trial,
    })
    if (begun.next !== 'send') return this.#wait(begun.next)
    let verdict: Verdict | null = null
    try {
      const authorization = authorizationHeader(begun.signature)
      const response = await transport.send(this.#request, { authorization, date: now })
      verdict = judge(response)
      return { fingerprint: begun.fingerprint, response, verdict }
    } finally {
      this.#end(begun, verdict)
    }
  }

  #end({ fingerprint }: Signed, verdict: Verdict | null): void {
    this.#parts.ring.end(fingerprint, verdict?.kind === 'accepted' && this.#isWrite())
  }

  async #wait(next: 'no-keyset' | 'refresh' | 'exhausted' | 'closed'): Promise<Step> {
    const { ring, limits } = this.#parts
    switch (next) {
      case 'closed':
        throw clientClosed()
      case 'exhausted':
        return 'exhausted'
      case 'refresh':
        this.#refreshed = true
        await ring.refresh('refused', this.#signal)
        return 'again'
      case 'no-keyset': {
        const keyset = await ring.whenKeyset(limits.keysetWaitMsMax, this.#signal)
        if (keyset) return 'again'
        const { kind, lastError } = ring.sourceStatus()
        throw keysUnavailable(limits.keysetWaitMsMax, lastError ?? `source ${kind} is silent`)
      }
    }
  }

  /** @returns the answer for the caller, or `null` to go on. */
  #settle({ fingerprint, response, verdict }: Sent): PipelineResponse | null {
    switch (verdict.kind) {
      case 'accepted':
        this.#accepted(fingerprint)
        return response
      case 'wrong-key':
        this.#refused(fingerprint, response)
        return this.#isReadOnlyWrite() ? response : null
      case 'clock-skew':
        return this.#correctClock(verdict.serverTime) ? null : response
      default:
        return response
    }
  }

  #accepted(fingerprint: Fingerprint): void {
    const { ring, events, reads } = this.#parts
    if (ring.refusals.length === 0 && this.#refusedEver.length === 0) return
    const from = this.#refusedEver.filter(refused => refused !== fingerprint)
    // Refused and then accepted under one key: the container was being made, and no other
    // key's refusal before it proves anything.
    const proof = this.#refusedEver.includes(fingerprint) ? [] : from
    ring.accepted(fingerprint, this.#endpoint, this.#isWrite(), proof)
    for (const refusal of ring.refusals) {
      if (!refusal.proven && proof.includes(refusal.fingerprint)) {
        void reads.ask(refusal.fingerprint, this.#endpoint)
      }
    }
    if (from.length > 0)
      events.tell('failover', { endpoint: this.#endpoint, from, to: fingerprint })
  }

  #refused(fingerprint: Fingerprint, response: PipelineResponse): void {
    this.#last = response
    this.#tried = [...this.#tried, fingerprint]
    if (!this.#refusedEver.includes(fingerprint)) {
      this.#refusedEver = [...this.#refusedEver, fingerprint]
    }
    if (this.#ticket.accountRead) this.#parts.ring.accountReadRefused(fingerprint, this.#endpoint)
  }

  #correctClock(serverTime: string | null): boolean {
    const { date, events } = this.#parts
    if (this.#corrections >= clockCorrectionsMax) return false
    this.#corrections += 1
    if (date.correct(serverTime)) {
      events.tell('clock-skew', { endpoint: this.#endpoint, offsetMs: date.offsetMs })
    }
    return serverTime !== null
  }

  /** Both keys of a read-only pair are refused a write, and are as well as before. */
  #isReadOnlyWrite(): boolean {
    return this.#parts.ring.current?.pair === 'readOnly' && this.#isWrite()
  }

  /**
   * Every key was refused. Where an account read with one is accepted, the 401 was ambiguous:
   * the same key is tried again after a while, with the connection left to others meanwhile.
   */
  async #mayTryAgain(): Promise<boolean> {
    const { limits, clock } = this.#parts
    const waitMs = limits.ambiguousRetryMs[this.#rounds]
    if (this.#ticket.accountRead || waitMs === undefined) return false
    const well = await this.#keyThatIsWell()
    if (well === null) return false
    this.#rounds += 1
    this.#tried = this.#tried.filter(fingerprint => fingerprint !== well)
    this.#letGo()
    await clock.sleep(waitMs, this.#signal)
    const waiting = this.#permits.acquire(this.#signal)
    if (waiting) await waiting
    this.#holdsPermit = true
    return true
  }

  /** Asked anew each time, since keys may die meanwhile: the active one if well, else the other. */
  async #keyThatIsWell(): Promise<Fingerprint | null> {
    const { reads, ring } = this.#parts
    const keyset = ring.current
    if (keyset === null) return null
    const usable = [keyset.active, standbyOf(keyset)].filter(slot => !isFenced(keyset, slot))
    for (const slot of usable) {
      const { fingerprint } = keyset.keys[slot]
      const asked = reads.ask(fingerprint, this.#endpoint)
      if ((await abortable(asked, this.#signal)) === 'accepted') return fingerprint
    }
    return null
  }

  /** Azure's own answer, unchanged. */
  #giveUp(): PipelineResponse {
    const { exhaustion, limits } = this.#parts
    exhaustion.tell(this.#endpoint, this.#refusedEver)
    if (this.#last) return this.#last
    throw keysUnavailable(limits.keysetWaitMsMax, 'every key of the keyset is fenced')
  }

  #isWrite(): boolean {
    return isWriteRequest(this.#request)
  }
}
