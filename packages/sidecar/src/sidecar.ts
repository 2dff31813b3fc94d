import { heldOf, isOwnSubject, mayGoodbye, notServing } from '@keyturn/core'
import { type LiveKeyset, Ring, type RingNews, rest, type SidecarSource } from '@keyturn/keyring'
import { type EmbeddedKeysOptions, embeddedKeys } from './embedded/keys.ts'
import { SidecarError } from './error.ts'
import { LocalDesk } from './local/desk.ts'
import { isPrintable } from './local/keyset-text.ts'
import { defaultLog, type Log } from './log.ts'
import { keepRecorded, rememberMember } from './member.ts'
import { MetricsPage } from './metrics/page.ts'
import { counting, Tally } from './metrics/tally.ts'
import {
  checkOptions,
  defaultHoldMs,
  defaultJoinWaitMs,
  defaultStalenessMsMax,
  presenceDirectoryOf,
  type SidecarOptions,
  socketOf,
} from './options.ts'
import { PresenceWatch } from './presence/watch.ts'
import { Prober } from './probe/prober.ts'
import { PassiveClient } from './render/passive-client.ts'
import { PassiveClients } from './render/passive-clients.ts'
import { isPassiveId } from './render/rendered-file.ts'
import { Coordinator } from './report/coordinator.ts'
import { watchSource } from './source-watch.ts'
import type { Recorder } from './state/recorder.ts'
import { type SidecarStatus, statusOf } from './status.ts'
import { staying } from './staying.ts'
import type { MemberStore } from './store.ts'
import { systemPorts } from './system-ports.ts'
import type { Counter, SidecarPorts } from './world.ts'

/** What runs between `start` and `stop`. */
interface Running {
  readonly store: MemberStore
  readonly recorder: Recorder
  readonly ring: Ring
  readonly presence: PresenceWatch
  readonly prober: Prober
  readonly desk: LocalDesk
  readonly passive: PassiveClients
  readonly counter: Counter
  readonly coordinator: Coordinator | null
  readonly stop: AbortController
  readonly recording: Promise<void>
}

/**
 * The daemon beside an application: follows a source, hands keysets to applications over a Unix
 * socket, gathers what they use, and reports it. One per pod; or one object inside a process.
 */
export class Sidecar {
  readonly #options: SidecarOptions
  readonly #tally = new Tally()
  readonly #log: Log
  readonly #ports: SidecarPorts
  readonly #socket: string | null
  #running: Running | null = null
  #hasStarted = false
  /** The keyset that the member's state speaks of: the ring's, once it is known to be ours. */
  #served: LiveKeyset | null = null

  /**
   * @param ports the world; by default this machine's, as the options say.
   * @throws SidecarError BAD_OPTIONS, PLAIN_HTTP_REFUSED
   */
  constructor(options: SidecarOptions, ports?: SidecarPorts) {
    checkOptions(options)
    this.#options = options
    this.#log = counting(options.log ?? defaultLog(options.name), this.#tally)
    this.#ports = ports ?? systemPorts(options, this.#log)
    this.#socket = socketOf(options)
  }

  /**
   * Settles once its socket listens. The source, the coordinator and applications may come
   * later, in any order. Once only: a source does not start again.
   * @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE, TOKEN_UNUSABLE, STATE_UNWRITABLE,
   *   STARTED_BEFORE
   */
  async start(): Promise<void> {
    if (this.#hasStarted) {
      throw new SidecarError(
        'STARTED_BEFORE',
        'This sidecar was started before: make another one, with a source of its own.',
      )
    }
    this.#hasStarted = true
    const { source, probe } = this.#options
    const log = this.#log
    const { clock, chance, disk, newId, presence: sockets, readAccount } = this.#ports
    const { store, recorder } = await rememberMember({ disk, newId, log })
    const ring = new Ring({ source, clock, chance })
    const presence = new PresenceWatch({ store, sockets, clock, log })
    const backoff = probe?.backoff
    const prober = new Prober({ store, ring, readAccount, backoff, clock, chance, log })
    const passive = this.#passiveOf(store)
    const coordinator = this.#coordinatorFor(store, ring)
    const desk = new LocalDesk({
      store,
      recorder,
      presence,
      held: () => this.#served,
      onRefresh: async () => void (await ring.refresh('refused').catch(() => undefined)),
      passive,
      sourceAgeMs: () => ring.sourceStatus().ageMs,
      stalenessMsMax: this.#options.stalenessMsMax ?? defaultStalenessMsMax,
      log,
    })
    const tally = this.#tally
    const page = new MetricsPage({
      state: () => store.state,
      source: () => ring.sourceStatus(),
      reportLagMs: () => coordinator?.lagMs ?? null,
      rendered: () => passive.all,
      tally,
    })
    const counter = await this.#ports.listen(desk, { page, tally })
    // Only now: whoever has the socket has the state as well, and goes on with it.
    await recorder.record().catch(async error => {
      await counter.close()
      throw error
    })
    const stop = new AbortController()
    const recording = keepRecorded({ store, recorder, clock, chance, log }, stop.signal)
    const watching = { store, recorder, ring, presence, prober, coordinator }
    this.#running = { ...watching, desk, passive, counter, stop, recording }
    const where = { socket: counter.url ?? this.#socket, health: counter.healthUrl }
    log.info({ event: 'listening', ...where, source: source.kind }, 'Listening.')
    passive.start()
    for (const { id } of store.state.clients) if (!isPassiveId(id)) presence.start(id)
    ring.follow(news => this.#onNews(news))
    followServing(store, () => prober.look())
    ring.start()
    const lookMs = this.#ports.sourceLookMs
    void watchSource(() => ring.sourceStatus(), { clock, log, lookMs }, stop.signal)
    this.#join(stop.signal)
  }

  /** Ends everything. Says goodbye to the coordinator only if every client is gone. */
  async stop(): Promise<void> {
    const running = this.#running
    if (running === null) return
    this.#running = null
    const { store, recorder, ring, presence, prober, desk, counter, coordinator, stop } = running
    desk.close()
    running.passive.stop()
    await counter.close()
    await staying(presence.settle())
    await recorder.record().catch(() => undefined) // With the dead goes what proved their death.
    presence.stopAll()
    prober.stop()
    coordinator?.announcements.stop()
    await coordinator?.reporter.stop()
    await this.#goodbye(store, coordinator)
    stop.abort(new Error('The sidecar was stopped.'))
    await running.recording
    await recorder.record().catch(() => undefined)
    await ring.stop()
    await coordinator?.close()
    this.#served = null
    this.#log.info({ event: 'stopped' }, 'Stopped.')
  }

  get name(): string {
    return this.#options.name
  }

  /** Where applications attach; `null`: on TCP, or only in this process. */
  get socket(): string | null {
    return this.#socket
  }

  /** Of the local API on TCP; `null` on a Unix socket, and while it does not run. */
  get url(): string | null {
    return this.#running?.counter.url ?? null
  }

  /** Of the port for health and metrics; `null` where there is none. */
  get healthUrl(): string | null {
    return this.#running?.counter.healthUrl ?? null
  }

  /**
   * Keys for a client in this process: `new ResilientCosmosClient({ endpoint, keys: own.keys() })`.
   * It is a client like any other: it attaches, is counted, and says goodbye when it is closed.
   * Close clients before the sidecar is stopped; it takes no leave while one is left.
   */
  keys(options: EmbeddedKeysOptions = {}): SidecarSource {
    const desk = () => this.#running?.desk ?? null
    const { clock, chance } = this.#ports
    return embeddedKeys(desk, presenceDirectoryOf(this.#options), { ...options, clock, chance })
  }

  /** How it stands now; `null` before `start` and after `stop`. */
  status(): SidecarStatus | null {
    if (this.#running === null) return null
    const { store, ring } = this.#running
    return statusOf(this.name, this.#socket, store, ring.sourceStatus())
  }

  #passiveOf(store: MemberStore): PassiveClients {
    const { clock, chance, rendering: world } = this.#ports
    const { render = [] } = this.#options
    if (world === undefined) return new PassiveClients([])
    const held = (): LiveKeyset | null => this.#served
    const parts = { store, held, world, clock, chance, log: this.#log, tally: this.#tally }
    return new PassiveClients(render.map(file => new PassiveClient(file, parts)))
  }

  #coordinatorFor(store: MemberStore, ring: Ring): Coordinator | null {
    const { clock, chance, coordinator: line } = this.#ports
    const { holdMs = defaultHoldMs, pod } = this.#options
    const parts = { store, ring, holdMs, pod, clock, chance, log: this.#log }
    return line === null ? null : new Coordinator({ line, ...parts })
  }

  /** Availability first: a coordinator that does not answer holds up applications only so long. */
  #join(signal: AbortSignal): void {
    const running = this.#running
    if (running === null) return
    const { store, coordinator } = running
    if (coordinator === null) {
      this.#log.warn({ event: 'no-coordinator' }, 'No coordinator is configured.')
      store.apply({ is: 'join-wait-over' })
      return
    }
    coordinator.reporter.start()
    const { clock } = this.#ports
    void rest(clock, this.#options.joinWaitMs ?? defaultJoinWaitMs, signal).then(() => {
      if (!signal.aborted) store.apply({ is: 'join-wait-over' })
    })
  }

  #onNews(news: RingNews): void {
    const running = this.#running
    if (running === null) return
    const { store, ring, prober } = running
    if (news === 'swap') this.#onSwap(store, ring)
    const { usage, refused } = ring.sample()
    store.apply({ is: 'measured', probes: usage, refused })
    if (news === 'swap') prober.look()
  }

  #onSwap(store: MemberStore, ring: Ring): void {
    const keyset = ring.current
    if (keyset === null) return
    const subject = { account: keyset.account, pair: keyset.pair }
    if (!isPrintable(keyset)) {
      this.#log.error(
        { event: 'keyset-nameless' },
        'The keyset does not say whose keys it holds: give its source the account and endpoint.',
      )
    } else if (!isOwnSubject(store.state, subject)) {
      this.#log.error(
        { event: 'keyset-foreign', account: keyset.account, pair: keyset.pair },
        'The keyset is not for what this member has followed so far: use a state directory of its own for it.',
      )
    } else {
      this.#served = keyset
      store.apply({ is: 'swapped', held: heldOf(keyset), subject })
    }
  }

  async #goodbye(store: MemberStore, coordinator: Coordinator | null): Promise<void> {
    if (coordinator === null || store.state.joining !== 'joined') return
    if (!mayGoodbye(store.state)) {
      this.#log.warn(
        { event: 'leaving-clients', clients: store.state.clients.length },
        'No goodbye is said: clients are left that may still sign.',
      )
      return
    }
    const isHeard = await coordinator.reporter.goodbye()
    this.#log.info({ event: 'goodbye', isHeard }, 'The member has left the fleet.')
  }
}

/** Calls back whenever what is held becomes fit to be served. */
const followServing = (store: MemberStore, onServing: () => void): void => {
  let serves = false
  store.follow(() => {
    const did = serves
    serves = notServing(store.state) === null
    if (serves && !did) onServing()
  })
}
