import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { type Fingerprint, isFenced, slots } from '@keyturn/core'
import { Ring, SidecarSource } from '@keyturn/keyring'
import { Engine } from '../../../packages/cosmos/src/engine/engine.ts'
import { readTicket, writeTicket } from '../../../packages/cosmos/src/engine/ticket.ts'
import type { Transport } from '../../../packages/cosmos/src/transport/transport.ts'
import type { Region } from '../azure/account.ts'
import { responseTo } from '../azure/data-plane.ts'
import { asking, never } from '../azure/ports.ts'
import { SimProcess } from '../time/process.ts'
import type { World } from '../world.ts'
import { type Cable, type Listener, localLine } from './local-line.ts'

const link = 'dbs/d/colls/c/docs/1'
const transportMs = 30_000
/** So many requests take seconds in the best weather, too: a key is drained once they have ended. */
const longShare = 0.12

/** Where a client stands: what its pod gives it. */
export interface Place {
  readonly name: string
  listener(): Listener | null
  /** Presence sockets by client id. */
  readonly presence: Map<string, SimProcess>
}

/** An application's process: its ring, source and engine are real, its sockets are not. */
export class SimClient {
  readonly process: SimProcess
  readonly ring: Ring
  readonly place: Place
  /** Until when it cannot reach its sidecar. */
  cutUntil = 0
  /** Until when requests that it begins take long. */
  slowUntil = 0
  closed = false
  requests = 0
  /** Sent and not answered yet, as the network knows it. */
  readonly inFlight = new Map<Fingerprint, number>()
  readonly cable: Cable
  readonly #world: World
  readonly #engine: Engine

  constructor(world: World, place: Place, name: string, paceMs: number) {
    const process = new SimProcess(world.timeline, name, world.chance.of(name))
    this.#world = world
    this.process = process
    this.place = place
    this.cable = {
      client: process,
      listener: () => place.listener(),
      isCut: () => world.timeline.now < this.cutUntil,
      streams: new Set(),
    }
    const presence = {
      open: async () => void place.presence.set(name, process),
      close: () => void place.presence.delete(name),
    }
    const source = new SidecarSource({
      socket: `/run/${place.name}/keyturn.sock`,
      name: 'app',
      usageMs: world.settings.usageMs,
      clock: process.clock,
      chance: process.chance.next,
      line: { id: name, http: localLine(this.cable), presence },
    })
    this.ring = new Ring({ source, clock: process.clock, chance: process.chance.next })
    this.ring.follow(news => {
      if (news === 'swap') world.checker.swapped(this)
    })
    const lease = {
      ring: this.ring,
      start: () => void this.ring.start(),
      giveBack: (ms: number) => this.ring.stop(ms),
    }
    this.#engine = new Engine({ lease, transport: this.#transport(), clock: process.clock })
    if (paceMs > 0) this.#work(paceMs)
  }

  /** Whether it can sign with this key from now on, or has signed what is not answered yet. */
  canUse(fingerprint: Fingerprint): boolean {
    if (!this.process.alive) return false
    if ((this.inFlight.get(fingerprint) ?? 0) > 0) return true
    const keyset = this.closed ? null : this.ring.current
    if (keyset === null) return false
    return slots.some(
      slot => keyset.keys[slot].fingerprint === fingerprint && !isFenced(keyset, slot),
    )
  }

  /** Ends as a program does that is asked to: once it runs, after its last request, with a goodbye. */
  close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.process.whenDead(resolve)
    this.process.deliver(() => {
      this.closed = true
      void this.#engine.close().then(() => this.process.kill())
    })
    return promise
  }

  /** Its connection to the sidecar breaks and cannot be made again for a while. */
  cut(ms: number): void {
    this.cutUntil = Math.max(this.cutUntil, this.#world.timeline.now + ms)
    for (const cut of [...this.cable.streams]) cut()
  }

  #work(paceMs: number): void {
    const { process } = this
    process.after(process.chance.int(paceMs / 2, (paceMs * 3) / 2), () => {
      if (this.closed) return
      void this.#operate()
      this.#work(paceMs)
    })
  }

  async #operate(): Promise<void> {
    const { chance } = this.process
    const { account, checker, timeline } = this.#world
    const region = chance.pick(account.regions)
    const method = chance.is(0.3) ? 'PUT' : 'GET'
    const ticket = writeTicket({ verb: method, resourceType: 'docs', resourceId: link })
    const request = createPipelineRequest({
      url: `${region.endpoint}/${link}`,
      method,
      headers: createHttpHeaders({ authorization: encodeURIComponent(ticket) }),
    })
    const begunAt = timeline.now
    this.requests += 1
    const answer = await this.#engine.sendRequest(request).then(
      ({ status }) => ({ status }),
      (error: unknown) => ({ error }),
    )
    checker.answered(this, region, begunAt, answer)
  }

  #transport(): Transport {
    return {
      connections: 64,
      send: (request, signature) => {
        const { data } = this.#world
        const region = data.region(request.url)
        if (region === null || signature === null) throw new TypeError('nobody lives there')
        const ticket = readTicket(request.headers.get('authorization'))
        const prefix = ticket?.prefix ?? 'get\n\n\n'
        const { authorization, date } = signature
        const signer = data.signer(prefix, date, authorization)?.fingerprint ?? null
        if (signer !== null) this.#world.checker.signs(this, signer)
        this.#count(signer, 1)
        return this.#exchange(region, signer, date, ticket !== null)
          .then((answer): PipelineResponse => responseTo(request, answer))
          .finally(() => this.#count(signer, -1))
      },
      close: async () => {},
    }
  }

  #exchange(region: Region, signer: Fingerprint | null, date: string, ofContainer: boolean) {
    const { data, timeline } = this.#world
    const { chance } = this.process
    const isSlow = timeline.now < this.slowUntil || chance.is(longShare)
    const latencyMs = () => (isSlow ? chance.int(1_000, 14_000) : chance.int(2, 15))
    return asking(
      this.process,
      { withinMs: transportMs },
      () => (data.isDown(region) ? never : data.judge(region, signer, date, ofContainer)),
      latencyMs,
    )
  }

  #count(fingerprint: Fingerprint | null, change: number): void {
    if (fingerprint === null) return
    this.inFlight.set(fingerprint, (this.inFlight.get(fingerprint) ?? 0) + change)
  }
}
