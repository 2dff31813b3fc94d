import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { authorizationHeader, type Fingerprint, type Slot } from '@keyturn/core'
import { type Clock, Key, type LiveKeyset, Ring } from '@keyturn/keyring'
import { Engine } from '../../src/engine/engine.ts'
import { writeTicket } from '../../src/engine/ticket.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { newKey } from './account.ts'
import { ManualSource } from './client.ts'

/** Time that passes as soon as nothing else is left to do, in the order of the sleepers. */
export class EagerClock implements Clock {
  #now = 0
  readonly #sleepers: { at: number; wake: () => void }[] = []

  now(): number {
    return this.#now
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper = { at: this.#now + ms, wake: resolve }
      signal?.addEventListener('abort', () => {
        const index = this.#sleepers.indexOf(sleeper)
        if (index >= 0) this.#sleepers.splice(index, 1)
        reject(signal.reason)
      })
      this.#sleepers.push(sleeper)
      setImmediate(() => this.#wakeNext())
    })
  }

  #wakeNext(): void {
    const next = this.#sleepers.reduce<{ at: number; wake: () => void } | null>(
      (first, each) => (first === null || each.at < first.at ? each : first),
      null,
    )
    if (next === null) return
    this.#sleepers.splice(this.#sleepers.indexOf(next), 1)
    this.#now = Math.max(this.#now, next.at)
    next.wake()
  }
}

const wrongKey = JSON.stringify({ code: 'Unauthorized', message: 'The wrong key is being used' })

/** An engine between a ring and a service that a schedule plays, with nothing of the network. */
export class World {
  readonly pool = Array.from({ length: 4 }, () => new Key(newKey()))
  readonly source = new ManualSource()
  readonly clock = new EagerClock()
  readonly ring = new Ring({ source: this.source, clock: this.clock, chance: () => 0 })
  /** Keys that each endpoint takes. */
  readonly taken = new Map<string, Set<Fingerprint>>()
  /** So many document requests are yet refused whatever their key, as by a re-created container. */
  #ambiguous = 0
  ambiguousEver = 0
  /** Attempts signed with a key that was fenced or gone at that moment. */
  readonly wronglySigned: string[] = []
  attempts = 0
  /** Called at each attempt, before it is judged. */
  onAttempt: () => void = () => {}
  readonly engine: Engine

  constructor(connections: number) {
    const transport: Transport = {
      connections,
      send: (request, signature) => this.#serve(request, signature),
      close: async () => {},
    }
    this.engine = new Engine({
      lease: { ring: this.ring, giveBack: () => this.ring.stop() },
      transport,
      clock: this.clock,
      limits: { breakerResetMs: 2 },
    })
  }

  key(index: number): Key {
    const key = this.pool[index]
    if (key === undefined) throw new RangeError(`there is no key ${index}`)
    return key
  }

  hold(keys: Record<Slot, number>, change: Partial<LiveKeyset>): void {
    this.source.offer(this.key(keys.primary).reveal(), this.key(keys.secondary).reveal(), change)
  }

  take(endpoint: string, indices: readonly number[]): void {
    this.taken.set(endpoint, new Set(indices.map(index => this.key(index).fingerprint)))
  }

  operate(endpoint: string, write: boolean): Promise<PipelineResponse> {
    const verb = write ? 'PUT' : 'GET'
    const link = 'dbs/d/colls/c/docs/1'
    const ticket = writeTicket({ verb, resourceType: 'docs', resourceId: link })
    return this.engine.sendRequest(
      createPipelineRequest({
        url: `${endpoint}/${link}`,
        method: verb,
        headers: createHttpHeaders({ authorization: encodeURIComponent(ticket) }),
      }),
    )
  }

  makeAmbiguous(): void {
    this.#ambiguous += 1
    this.ambiguousEver += 1
  }

  async #serve(
    request: Parameters<Transport['send']>[0],
    signature: Parameters<Transport['send']>[1],
  ): Promise<PipelineResponse> {
    this.attempts += 1
    const { pathname, origin } = new URL(request.url)
    const text = this.#text(request.method, pathname, signature?.date ?? '')
    const key = this.pool.find(
      each => authorizationHeader(each.sign(text)) === signature?.authorization,
    )
    this.#checkHeld(key)
    this.onAttempt()
    await Promise.resolve()
    const isDocument = pathname !== '/'
    const ambiguous = isDocument && this.#ambiguous > 0
    if (ambiguous) this.#ambiguous -= 1
    const right = key !== undefined && this.taken.get(origin)?.has(key.fingerprint) === true
    const status = right && !ambiguous ? 200 : 401
    const bodyAsText = status === 200 ? '{}' : wrongKey
    return { request, status, headers: createHttpHeaders(), bodyAsText }
  }

  #text(method: string, pathname: string, date: string): string {
    const link = pathname.slice(1)
    const type = link === '' ? '' : 'docs'
    return `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
  }

  /** Signing and sending are one synchronous step, so the ring still holds what it chose from. */
  #checkHeld(key: Key | undefined): void {
    const held = this.ring.current
    const usable =
      held !== null &&
      key !== undefined &&
      (['primary', 'secondary'] as const).some(
        slot => held.keys[slot].fingerprint === key.fingerprint && !held.fenced.includes(slot),
      )
    if (!usable) this.wronglySigned.push(key?.fingerprint ?? 'unknown')
  }
}
