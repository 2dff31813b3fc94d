import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import { authorizationHeader, type Fingerprint, stringToSign, type Verdict } from '@keyturn/core'
import type { Signed } from '@keyturn/keyring'
import { clientClosed, keysUnavailable, localAuthDisabled } from '../errors.ts'
import type { AttemptTrace } from '../telemetry/tracing.ts'
import { AbortError } from '../transport/errors.ts'
import { judge, substatusOf } from './answer.ts'
import { KeyWait } from './key-wait.ts'
import type { Parts } from './parts.ts'
import { Patience } from './patience.ts'
import type { Permits } from './permits.ts'
import { isWriteRequest, leadsThere, type Ticket } from './ticket.ts'

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
  readonly #trace: AttemptTrace | null
  #tried: readonly Fingerprint[] = []
  #refusedEver: readonly Fingerprint[] = []
  #refreshed = false
  #holdsPermit = false
  #corrections = 0
  #keyWait: KeyWait | null = null
  #patience: Patience | null = null
  #last: PipelineResponse | null = null

  constructor(
    parts: Parts,
    request: PipelineRequest,
    ticket: Ticket,
    endpoint: string,
    permits: Permits,
    trace: AttemptTrace | null,
  ) {
    this.#parts = parts
    this.#request = request
    this.#ticket = ticket
    this.#endpoint = endpoint
    this.#permits = permits
    this.#trace = trace
    this.#signal = request.abortSignal instanceof AbortSignal ? request.abortSignal : undefined
  }

  async run(): Promise<PipelineResponse> {
    try {
      const turn = this.#turn()
      if (turn) await turn
      this.#holdsPermit = true
      for (;;) {
        const step = await this.#step()
        if (step === 'again') continue
        if (step === 'exhausted') {
          const answer = await this.#lastResort()
          if (answer) return answer
          continue
        }
        const answer = this.#settle(step)
        if (answer) return answer
      }
    } catch (error) {
      throw this.#asKnown(error)
    } finally {
      this.#letGo()
    }
  }

  /** A wait that was ended early rejects with the signal's reason, which is no error of the SDK's. */
  #asKnown(error: unknown): unknown {
    if (this.#signal?.aborted && error === this.#signal.reason) return new AbortError()
    // The SDK writes into the errors that it hands on: each caller has its own.
    return error === this.#parts.closing.reason ? clientClosed() : error
  }

  /** `null` where a connection is free: the path of a healthy key awaits nothing but its answer. */
  #turn(): Promise<void> | null {
    return this.#permits.acquire(this.#signal)
  }

  /** Another turn for whoever let go of theirs. */
  async #turnAgain(): Promise<void> {
    if (!this.#holdsPermit) await this.#turn()
    this.#holdsPermit = true
  }

  #letGo(): void {
    if (this.#holdsPermit) this.#permits.release()
    this.#holdsPermit = false
  }

  #step(): Promise<Step> {
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
      this.#parts.ring.accepted(fingerprint, this.#endpoint)
      return true
    }
    const ran = await this.#parts.breakers.try(fingerprint, this.#endpoint, attempt)
    return ran ? step : this.#send(null)
  }

  async #send(trial: Fingerprint | null): Promise<Step> {
    const { ring, transport, date, closing } = this.#parts
    if (closing.aborted) throw clientClosed()
    const now = date.text()
    const begun = ring.begin({
      text: stringToSign(this.#ticket.prefix, now),
      endpoint: this.#endpoint,
      tried: this.#tried,
      refreshed: this.#refreshed,
      trial,
    })
    if (begun.next !== 'send') return this.#wait(begun.next)
    this.#trace?.signed(begun)
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
    this.#keyWait ??= new KeyWait(this.#parts, this.#untilClosed(), this.#trace)
    const wait = this.#keyWait
    switch (next) {
      case 'closed':
        throw clientClosed()
      case 'exhausted':
        return 'exhausted'
      case 'refresh':
        // Whoever was refused keeps the connection: those behind would be refused as well. All
        // others wait together, and not one connection's worth after the other.
        if (this.#last === null) this.#letGo()
        // A swap that does not help may have been read before the question: it is asked again,
        // within the same second.
        this.#refreshed = (await wait.fresh()) !== 'swapped'
        break
      case 'no-keyset':
        this.#letGo()
        await wait.first()
    }
    await this.#turnAgain()
    return 'again'
  }

  /** The caller's signal and the client's end: no wait outlives either. */
  #untilClosed(): AbortSignal {
    const { closing } = this.#parts
    return this.#signal ? AbortSignal.any([this.#signal, closing]) : closing
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
      case 'local-auth-disabled':
        throw localAuthDisabled(response.status, substatusOf(response), response.bodyAsText)
      default:
        return response
    }
  }

  #accepted(fingerprint: Fingerprint): void {
    const { ring, events, reads } = this.#parts
    if (ring.refusals.length === 0 && this.#refusedEver.length === 0) return
    // Refused and then accepted under one key: the container was being made, and no other
    // key's refusal before it proves anything.
    const proof = this.#refusedEver.includes(fingerprint) ? [] : this.#refusedEver
    ring.accepted(fingerprint, this.#endpoint, proof)
    for (const refusal of ring.refusals) {
      if (!refusal.proven && proof.includes(refusal.fingerprint)) {
        void reads.ask(refusal.fingerprint, this.#endpoint)
      }
    }
    if (proof.length === 0) return
    events.tell('failover', { endpoint: this.#endpoint, from: proof, to: fingerprint })
  }

  #refused(fingerprint: Fingerprint, response: PipelineResponse): void {
    this.#last = response
    this.#trace?.refused(fingerprint)
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

  /** @returns the answer for the caller, or `null` to go on. */
  async #lastResort(): Promise<PipelineResponse | null> {
    // The account read itself: no resource can be to blame.
    if (this.#ticket.accountRead) return this.#giveUp()
    // It proves nothing against a key, and no wait would help.
    if (this.#last && !leadsThere(this.#ticket, this.#request.url)) return this.#last
    const { ring } = this.#parts
    const before = ring.current
    this.#patience ??= new Patience(
      this.#parts,
      this.#endpoint,
      this.#isWrite(),
      this.#untilClosed(),
    )
    const hope = await this.#patience.hope(() => this.#letGo())
    await this.#turnAgain()
    if (hope.retry !== null) {
      const { retry } = hope
      this.#tried = this.#tried.filter(fingerprint => !retry.includes(fingerprint))
      return null
    }
    // Something newer came while the account was asked.
    if (ring.current !== before) return null
    return hope.keys === 'well' && this.#last ? this.#last : this.#giveUp()
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
