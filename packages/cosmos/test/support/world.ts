import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { authorizationHeader, type Slot } from '@keyturn/core'
import {
  Key,
  type LiveKeyset,
  type RefreshReason,
  Ring,
  type RingSink,
  type Source,
} from '@keyturn/keyring'
import { Engine } from '../../src/engine/engine.ts'
import { writeTicket } from '../../src/engine/ticket.ts'
import type { Signature } from '../../src/transport/transport.ts'
import { newKey } from './account.ts'
import { EagerClock } from './eager-clock.ts'
import { type Content, History } from './history.ts'
import { answer401, answerSkew, plainAnswer, type Wording } from './wordings.ts'

/** Keys by number; the last may only read. */
export const pool = Array.from({ length: 5 }, () => new Key(newKey()))
export const readOnlyKey = pool.length - 1
export const endpoints = ['https://west.example', 'https://east.example'] as const
export type Endpoint = (typeof endpoints)[number]

export type SourceMode = 'well' | 'fails' | 'hangs'

const link = 'dbs/d/colls/c/docs/1'

/** An engine between a ring and a service of two regions, with nothing of a network but its delays. */
export class World implements Source {
  readonly kind = 'keyVault'
  readonly stalenessMsMax = 0
  readonly clock = new EagerClock()
  readonly ring = new Ring({ source: this, clock: this.clock, chance: () => 0.5 })
  readonly history = new History(this.clock)
  /** Signed with a key that was fenced or gone at that moment, or a ring that went back. */
  readonly wrong: string[] = []
  attempts = 0
  refreshes = 0
  sourceDelayMs = 0
  wording: Wording = 'wrong key'
  /** What the service's clock says, relative to the client's. */
  skewMs = 0
  /** So many requests are answered before anybody looks at their key. */
  throttled = 0
  #sourceMode: SourceMode = 'well'
  readonly #latencies: readonly number[]
  readonly #accepted = new Map<string, ReadonlySet<number>>()
  readonly #containerBusyUntil = new Map<string, number>()
  #published: Content | null = null
  #version = 0
  #sink: RingSink | null = null
  readonly engine: Engine

  constructor(connections: number, latencies: readonly number[]) {
    this.#latencies = latencies
    this.engine = new Engine({
      lease: {
        ring: this.ring,
        start: () => void this.ring.start(),
        giveBack: (ms: number) => this.ring.stop(ms),
      },
      transport: {
        connections,
        send: (request, signature) => this.#send(request, signature),
        close: async () => {},
      },
      clock: this.clock,
      limits: { breakerResetMs: 700 },
    })
    let version = 0
    this.ring.follow(() => {
      const now = this.ring.current?.version ?? 0
      if (now < version) this.wrong.push(`the ring went back to version ${now}`)
      version = now
    })
  }

  // The source: what is published is found by whoever asks, what is pushed comes by itself.

  start(sink: RingSink): void {
    this.#sink = sink
  }

  async refresh(_reason: RefreshReason, signal: AbortSignal): Promise<void> {
    this.refreshes += 1
    const mode = this.#sourceMode
    // A slow reader finds what was there when it looked.
    const found = this.#published
    if (mode === 'hangs') return this.clock.sleep(1e9, signal)
    await this.clock.sleep(this.sourceDelayMs, signal)
    if (mode === 'fails') throw new Error('The source is away.')
    if (found !== null) this.#hold(found)
  }

  status() {
    return { kind: this.kind, serving: null, ageMs: null, lastError: null } as const
  }

  async stop(): Promise<void> {
    this.#sink = null
  }

  publish(keys: Record<Slot, number>, active: Slot, fenced: readonly Slot[]): void {
    this.#version += 1
    this.#published = { version: this.#version, keys, active, fenced }
    this.history.publish(this.#published)
  }

  push(): void {
    this.history.push()
    if (this.#published !== null) this.#hold(this.#published)
  }

  become(mode: SourceMode): void {
    this.#sourceMode = mode
    this.history.source(mode === 'well')
  }

  #hold(content: Content): void {
    const { version, active, fenced, keys } = content
    const keyset: LiveKeyset = {
      account: '',
      endpoint: '',
      pair: 'readWrite',
      installation: 'test',
      version,
      active,
      fenced,
      keys: { primary: keyAt(keys.primary), secondary: keyAt(keys.secondary) },
    }
    if (this.#sink?.offer(keyset).take) this.history.hold(content)
  }

  // The service.

  accept(endpoint: Endpoint, keys: readonly number[]): void {
    this.#accepted.set(endpoint, new Set(keys))
    this.history.accept(endpoint, keys)
  }

  /** Its container is made anew, and refuses every key for a while. */
  remakeContainer(endpoint: Endpoint, ms: number): void {
    this.#containerBusyUntil.set(endpoint, this.clock.now() + ms)
  }

  operate(endpoint: Endpoint, what: 'read' | 'write' | 'account'): Promise<PipelineResponse> {
    const ticket =
      what === 'account'
        ? writeTicket({ verb: 'GET' })
        : writeTicket({ verb: verbs[what], resourceType: 'docs', resourceId: link })
    return this.engine.sendRequest(
      createPipelineRequest({
        url: what === 'account' ? `${endpoint}/` : `${endpoint}/${link}`,
        method: what === 'account' ? 'GET' : verbs[what],
        headers: createHttpHeaders({ authorization: encodeURIComponent(ticket) }),
      }),
    )
  }

  async #send(request: PipelineRequest, signature: Signature | null): Promise<PipelineResponse> {
    const latency = this.#latencies[this.attempts % this.#latencies.length] ?? 0
    this.attempts += 1
    const text = textOf(request, signature?.date ?? '')
    const signer = pool.findIndex(
      each => authorizationHeader(each.sign(text)) === signature?.authorization,
    )
    this.#checkUsable(signer)
    await this.clock.sleep(latency)
    const answer = this.#answer(request, signer, signature?.date ?? '')
    await this.clock.sleep(latency)
    return answer
  }

  #answer(request: PipelineRequest, signer: number, date: string): PipelineResponse {
    if (this.throttled > 0) {
      this.throttled -= 1
      return plainAnswer(request, 429)
    }
    const now = this.clock.wall() + this.skewMs
    if (Math.abs(Date.parse(date) - now) > 900_000) return answerSkew(request, now)
    const { origin, pathname } = new URL(request.url)
    const reads = request.method === 'GET'
    const right = this.#accepted.get(origin)?.has(signer) === true
    const allowed = right && (reads || signer !== readOnlyKey)
    const busy = this.clock.now() < (this.#containerBusyUntil.get(origin) ?? 0)
    if (!allowed || (pathname !== '/' && busy)) return answer401(request, this.wording)
    return plainAnswer(request, 200)
  }

  /** Signing and sending are one synchronous step, so the ring still holds what it chose from. */
  #checkUsable(signer: number): void {
    const { held } = this.history
    const slot = (['primary', 'secondary'] as const).find(each => held?.keys[each] === signer)
    if (slot === undefined) this.wrong.push(`key ${signer} signed, which is not held`)
    else if (held?.fenced.includes(slot)) this.wrong.push(`key ${signer} signed, which is fenced`)
  }
}

const verbs = { read: 'GET', write: 'PUT' } as const

const keyAt = (index: number): Key => {
  const key = pool[index]
  if (key === undefined) throw new RangeError(`there is no key ${index}`)
  return key
}

const textOf = ({ url, method }: PipelineRequest, date: string): string => {
  const path = new URL(url).pathname.slice(1)
  return `${method.toLowerCase()}\n${path === '' ? '' : 'docs'}\n${path}\n${date.toLowerCase()}\n\n`
}
