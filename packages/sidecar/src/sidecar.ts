import { heldOf, isOwnSubject, mayGoodbye, notServing } from '@keyturn/core'
import { type LiveKeyset, Ring, type RingNews, rest } from '@keyturn/keyring'
import { SidecarError } from './error.ts'
import { LocalDesk } from './local/desk.ts'
import { isPrintable } from './local/keyset-text.ts'
import { defaultLog, type Log } from './log.ts'
import { keepRecorded, rememberMember } from './member.ts'
import {
  checkOptions,
  defaultHoldMs,
  defaultJoinWaitMs,
  type SidecarOptions,
  socketOf,
} from './options.ts'
import type { CoordinatorLine } from './ports.ts'
import { PresenceWatch } from './presence/watch.ts'
import { Prober } from './probe/prober.ts'
import { AnnouncementFollower } from './report/announcement.ts'
import { Reporter } from './report/reporter.ts'
import { watchSource } from './source-watch.ts'
import type { Recorder } from './state/recorder.ts'
import { type SidecarStatus, statusOf } from './status.ts'
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
  readonly counter: Counter
  readonly coordinator: Coordinator | null
  readonly stop: AbortController
  readonly recording: Promise<void>
}

interface Coordinator {
  readonly line: CoordinatorLine
  readonly reporter: Reporter
  readonly announcements: AnnouncementFollower
}

/**
 * The daemon beside an application: follows a source, hands keysets to applications over a Unix
 * socket, gathers what they use, and reports it. One per pod; or one object inside a process.
 */
export class Sidecar {
  readonly #options: SidecarOptions
  readonly #log: Log
  readonly #ports: SidecarPorts
  readonly #socket: string
  #running: Running | null = null
  #hasStarted = false
  /** The keyset that the member's state speaks of: the ring's, once it is known to be ours. */
  #served: LiveKeyset | null = null

  /**
   * @param ports the world; by default this machine's, as the options say.
   * @throws SidecarError BAD_OPTIONS
   */
  constructor(options: SidecarOptions, ports?: SidecarPorts) {
    checkOptions(options)
    this.#options = options
    this.#log = options.log ?? defaultLog(options.name)
    this.#ports = ports ?? systemPorts(options, this.#log)
    this.#socket = socketOf(options)
  }

  /**
   * Settles once its socket listens. The source, the coordinator and applications may come
   * later, in any order. Once only: a source does not start again.
   * @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE, STATE_UNWRITABLE, STARTED_BEFORE
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
    const desk = new LocalDesk({
      store,
      recorder,
      presence,
      held: () => this.#served,
      onRefresh: async () => void (await ring.refresh('refused').catch(() => undefined)),
      log,
    })
    const counter = await this.#ports.listen(desk)
    const stop = new AbortController()
    const recording = keepRecorded({ store, recorder, clock, chance, log }, stop.signal)
    const coordinator = this.#coordinatorFor(store, ring)
    const watching = { store, recorder, ring, presence, prober, coordinator }
    this.#running = { ...watching, desk, counter, stop, recording }
    log.info({ event: 'listening', socket: this.#socket, source: source.kind }, 'Listening.')
    for (const { id } of store.state.clients) presence.start(id)
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
    await counter.close()
    presence.stopAll()
    prober.stop()
    coordinator?.announcements.stop()
    await coordinator?.reporter.stop()
    await this.#goodbye(store, coordinator)
    stop.abort(new Error('The sidecar was stopped.'))
    await running.recording
    await recorder.record().catch(() => undefined)
    await ring.stop()
    await coordinator?.line.close()
    this.#served = null
    this.#log.info({ event: 'stopped' }, 'Stopped.')
  }

  get name(): string {
    return this.#options.name
  }

  get socket(): string {
    return this.#socket
  }

  /** How it stands now; `null` before `start` and after `stop`. */
  status(): SidecarStatus | null {
    if (this.#running === null) return null
    const { store, ring } = this.#running
    return statusOf(this.name, this.#socket, store, ring.sourceStatus())
  }

  #coordinatorFor(store: MemberStore, ring: Ring): Coordinator | null {
    const { clock, chance, coordinator: line } = this.#ports
    const { holdMs = defaultHoldMs } = this.#options
    if (line === null) return null
    const announcements = new AnnouncementFollower({ store, ring, clock, chance })
    const reporter = new Reporter({
      store,
      ring,
      send: (report, signal) => line.report(report, signal),
      onAnswer: ({ floor, announced }) => {
        store.apply({ is: 'answered', floor, announced: announced?.version ?? 0 })
        announcements.announced(announced?.spreadMs ?? 0)
      },
      holdMs,
      clock,
      chance,
      log: this.#log,
    })
    return { line, reporter, announcements }
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
