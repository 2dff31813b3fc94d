import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { backoffMs } from '@keyturn/core'
import { type ClientAttach, type ClientUsage, clientHeader } from '@keyturn/protocol'
import { backgroundClock, type Chance, type Clock, rest, systemChance } from '../../clock.ts'
import { parseKeyset } from '../../document.ts'
import type { RefreshReason, RingSink, Source, SourceStatus } from '../../source.ts'
import { Reading } from '../reading.ts'
import { EventReader } from './events.ts'
import { LocalHttp, type SidecarLine } from './http.ts'
import { directoryOf, nameOfPlace, type Place, placeOf } from './place.ts'
import { type Presence, PresenceSocket, presencePath } from './presence.ts'
import { Uploader } from './uploader.ts'

export interface SidecarSourceOptions {
  /** The sidecar's Unix socket; default `$KEYTURN_SOCKET`, else `/run/keyturn/keyturn.sock`. */
  readonly socket?: string
  /**
   * A sidecar on loopback TCP instead, such as `http://127.0.0.1:7843`: on Windows, and where
   * there are no Unix sockets. Default `$KEYTURN_SIDECAR_URL`, where no socket is named.
   */
  readonly url?: string
  /** Goes with `url`: holds the sidecar's token. Default `$KEYTURN_SIDECAR_TOKEN_FILE`. */
  readonly tokenFile?: string
  /** What people call this application; default: the name of the program that runs. */
  readonly name?: string
  /** Between two samples of usage without news, in ms; default 3,000. */
  readonly usageMs?: number
  readonly clock?: Clock
  readonly chance?: Chance
  /** Instead of sockets of this machine: the way to the sidecar, and what says that we live. */
  readonly line?: OwnLine
}

export interface OwnLine {
  readonly id: string
  readonly http: SidecarLine
  readonly presence: Presence
  /** Stands in sentences behind "the sidecar". */
  readonly where?: string
}

const defaultUsageMs = 3_000
const backoff = { firstMs: 50, maxMs: 1_000 } as const
/** How long a goodbye may hold a process that wants to end. */
const goodbyeMsMax = 1_000
const goodbyeIsLate = new Error('The sidecar did not answer the goodbye.')

/**
 * Follows a sidecar: attaches, takes each keyset as it is pushed, and says what is in use.
 * While the sidecar is away the ring keeps what it holds.
 */
export class SidecarSource implements Source {
  readonly kind = 'sidecar'
  /** What it is pushed is what the sidecar holds; the sidecar reports its own source's lag. */
  readonly stalenessMsMax = 0
  /** Names this ring among the sidecar's clients, for as long as the process lives. */
  readonly id: string
  /** Stands in sentences behind "the sidecar". */
  readonly #where: string
  readonly #name: string
  readonly #usageMs: number
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #http: SidecarLine
  readonly #presence: Presence
  readonly #reading: Reading
  #stop = new AbortController()
  #uploader: Uploader | null = null
  #sink: RingSink | null = null
  #running: Promise<void> = Promise.resolve()
  #attached = false
  #everAttached = false
  #lastEventId: string | null = null
  /** Ends the open stream, so that the loop attaches anew. */
  #reconnect = new AbortController()

  /** @throws TypeError where the URL names another machine, or comes without a token file. */
  constructor(options: SidecarSourceOptions = {}) {
    this.#name = options.name ?? programName()
    this.#usageMs = options.usageMs ?? defaultUsageMs
    this.#clock = options.clock ?? backgroundClock
    this.#chance = options.chance ?? systemChance
    const line = options.line ?? lineTo(placeOf(options, process.env))
    this.id = line.id
    this.#http = line.http
    this.#presence = line.presence
    this.#where = line.where ?? 'beside this process'
    this.#reading = new Reading('sidecar', this.#clock)
  }

  start(sink: RingSink): void {
    this.#sink = sink
    if (this.#stop.signal.aborted) this.#stop = new AbortController()
    this.#running = this.#run(sink)
  }

  /** Asks the sidecar, which asks its own source first. */
  async refresh(_reason: RefreshReason, signal: AbortSignal): Promise<void> {
    const headers = { [clientHeader]: this.id, 'cache-control': 'no-cache' }
    const { status, text } = await this.#http.ask(
      { method: 'GET', path: '/v1/keyset', headers },
      AbortSignal.any([signal, this.#stop.signal]),
    )
    if (status !== 200) throw new Error(`The sidecar has no keyset to give (HTTP ${status}).`)
    this.#take(text)
  }

  status(): SourceStatus {
    const status = this.#reading.status()
    // What is pushed needs no polling: an open stream that has spoken is up to date.
    return this.#attached && status.ageMs !== null
      ? { ...status, ageMs: 0, isAttached: true }
      : { ...status, isAttached: this.#attached }
  }

  async stop(): Promise<void> {
    const sink = this.#sink
    this.#sink = null
    await this.#uploader?.stop()
    this.#uploader = null
    // While the stream is still open: a client that leaves was never lost.
    if (sink !== null && this.#everAttached) await this.#goodbye(sink.sample())
    this.#stop.abort(new Error('The source was stopped.'))
    await this.#running
    this.#everAttached = false
    this.#http.close()
  }

  async #run(sink: RingSink): Promise<void> {
    for (let failures = 0; this.#sink !== null; ) {
      try {
        await this.#presence.open()
        await this.#attach()
        this.#uploader ??= this.#startUploads(sink)
        this.#uploader.soon()
        await this.#follow(() => {
          failures = 0
        })
      } catch (error) {
        // Until now it would have been pushed whatever is newer.
        if (this.#attached) this.#reading.good()
        this.#reading.failed(this.#sentence(error))
      }
      this.#attached = false
      failures += 1
      await rest(this.#clock, backoffMs(failures, this.#chance(), backoff), this.#stop.signal)
    }
  }

  async #attach(): Promise<void> {
    const body: ClientAttach = { name: this.#name, pid: process.pid, presence: this.id }
    const { status } = await this.#http.ask(
      { method: 'PUT', path: `/v1/clients/${this.id}`, body },
      this.#stop.signal,
    )
    if (status !== 204) throw new Error(`the sidecar did not take this client (HTTP ${status})`)
    this.#everAttached = true
  }

  /** Takes keysets as they come, until the stream ends. */
  async #follow(onOpen: () => void): Promise<void> {
    this.#reconnect = new AbortController()
    const headers: Record<string, string> = { [clientHeader]: this.id }
    if (this.#lastEventId !== null) headers['last-event-id'] = this.#lastEventId
    const response = await this.#http.open(
      { method: 'GET', path: '/v1/keyset/stream', headers },
      AbortSignal.any([this.#stop.signal, this.#reconnect.signal]),
    )
    if (response.status !== 200) {
      response.drop()
      throw new Error(`the sidecar gave no stream (HTTP ${response.status})`)
    }
    this.#attached = true
    // What it held back while we were away it pushes now; where it pushes nothing, ours still holds.
    this.#reading.good()
    onOpen()
    const events = new EventReader()
    for await (const chunk of response.chunks) {
      for (const { event, id, data } of events.read(String(chunk))) {
        if (event !== 'keyset') continue
        // To resume means to hold it: what was refused is to be said again.
        if (this.#take(data)) this.#lastEventId = id
      }
    }
    throw new Error('the sidecar closed the stream')
  }

  #take(text: string): boolean {
    const keyset = parseKeyset(text)
    return this.#sink !== null && this.#reading.offer(this.#sink, keyset)
  }

  #startUploads(sink: RingSink): Uploader {
    return new Uploader({
      sink,
      send: (sample, signal) => this.#upload(sample, signal),
      everyMs: this.#usageMs,
      clock: this.#clock,
      chance: this.#chance,
    })
  }

  async #upload(body: ClientUsage, signal: AbortSignal): Promise<void> {
    const path = `/v1/clients/${this.id}/usage`
    const { status } = await this.#http.ask({ method: 'POST', path, body }, signal)
    // A sidecar that has forgotten its clients: attach again.
    if (status === 404) this.#reconnect.abort(new Error('the sidecar does not know this client'))
  }

  /** Where it is not heard, the end of the process says the same by the presence socket. */
  async #goodbye(body: ClientUsage): Promise<void> {
    const path = `/v1/clients/${this.id}`
    const over = new AbortController()
    void rest(this.#clock, goodbyeMsMax, over.signal).then(() => over.abort(goodbyeIsLate))
    const answer = await this.#http
      .ask({ method: 'DELETE', path, body, keepsAlive: true }, over.signal)
      .catch(() => null)
    over.abort()
    if (answer?.status === 204 || answer?.status === 404) this.#presence.close()
  }

  #sentence(error: unknown): string {
    const reason = error instanceof Error ? error.message : 'unknown'
    const stray = this.#everAttached
      ? ''
      : ' Until then no sidecar counts this process: it is a stray, and no rotation waits for it.'
    return `The sidecar ${this.#where} cannot be followed now (${reason}): it is tried again by itself, and the last keyset stays in use.${stray}`
  }
}

const lineTo = (place: Place): OwnLine => {
  const id = `c-${randomBytes(8).toString('hex')}`
  const presence = new PresenceSocket(presencePath(directoryOf(place), id))
  return { id, http: new LocalHttp(place), presence, where: `at ${nameOfPlace(place)}` }
}

/** As a name of the wire: letters, digits, dots, dashes. */
const programName = (): string => {
  const program = basename(process.argv[1] ?? 'application').replace(/\.[cm]?[jt]s$/, '')
  const name = program.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  return name === '' ? 'application' : name.slice(0, 64)
}

/**
 * Follows the sidecar beside this application: over its Unix socket, or over loopback TCP.
 * @throws TypeError where the URL names another machine, or comes without a token file.
 */
export const sidecar = (options: SidecarSourceOptions = {}): SidecarSource =>
  new SidecarSource(options)
