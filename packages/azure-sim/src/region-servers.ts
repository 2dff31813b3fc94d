import type { Geography } from './account/geography.ts'
import type { Clock } from './clock.ts'
import { SimError } from './errors.ts'
import type { LoopbackServer } from './tls/server.ts'
import type { RegionsWeather } from './weather/regions-weather.ts'

/** A timer that is set for longer than 24 days goes off at once. */
const longestSleepMs = 86_400_000

/** A region's endpoint, or the account's global one, which serves as the write region does. */
type Endpoint = string | null

export interface RegionServersOptions {
  readonly geography: Geography
  readonly weather: RegionsWeather
  readonly clock: Clock
  /** Regions take those that follow; 0 lets each take any. */
  readonly globalPort: number
  /** Opens one endpoint; port 0 takes any. */
  open(endpoint: Endpoint, port: number): Promise<LoopbackServer>
}

/**
 * The listeners of the regions, opened and closed as the account's geography and the weather say. An
 * endpoint that comes back listens where it did before. What a region answers never depends on
 * this: a request that comes in before its listener is closed is refused by the region itself.
 */
export class RegionServers {
  readonly #options: RegionServersOptions
  readonly #servers = new Map<Endpoint, LoopbackServer>()
  readonly #ports = new Map<Endpoint, number>()
  readonly #abort = new AbortController()
  /** One change after the other: what is open is never both opened and closed at once. */
  #settled: Promise<void> = Promise.resolve()
  #waitsUntil = Number.POSITIVE_INFINITY
  #wait = new AbortController()

  constructor(options: RegionServersOptions) {
    this.#options = options
  }

  /**
   * Opens every endpoint, so that each has its port, and closes those that should not be open.
   * Returns the global endpoint.
   *
   * @throws SimError `SIM_PORT_IN_USE`, `SIM_PORT_REFUSED`
   */
  async start(): Promise<string> {
    const { geography, weather, globalPort } = this.#options
    for (const [at, name] of geography.listening().entries()) {
      await this.#listen(name, globalPort === 0 ? 0 : globalPort + 1 + at)
    }
    const { url } = await this.#listen(null, globalPort)
    const again = (): void => void this.settle()
    const forget = [geography.onPlanned(again), weather.onChange(again)]
    this.#abort.signal.addEventListener('abort', () => {
      for (const stop of forget) stop()
    })
    await this.settle()
    return `${url}/`
  }

  /** Resolves once exactly those endpoints are open that should be by now. */
  settle(): Promise<void> {
    this.#settled = this.#settled.then(() => this.#reconcile())
    this.#awaitNextChange()
    return this.#settled
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#wait.abort()
    await this.#settled
    await Promise.all([...this.#servers.values()].map(server => server.stop()))
    this.#servers.clear()
  }

  /** The global endpoint goes where the write region is, and with it. */
  #wanted(): readonly Endpoint[] {
    const { geography, weather } = this.#options
    const isOpen = (name: string): boolean => weather.outage(name) !== 'refused'
    const writer = geography.regions.find(({ writable }) => writable)?.name
    const all: readonly Endpoint[] = geography.listening().filter(isOpen)
    return writer === undefined || isOpen(writer) ? [...all, null] : all
  }

  async #reconcile(): Promise<void> {
    if (this.#abort.signal.aborted) return
    const wanted = this.#wanted()
    for (const [endpoint, server] of this.#servers) {
      if (wanted.includes(endpoint)) continue
      this.#servers.delete(endpoint)
      await server.stop()
    }
    for (const endpoint of wanted) {
      if (!this.#servers.has(endpoint)) await this.#listenAgain(endpoint)
    }
  }

  /** Nobody is there to be told of a port that was taken meanwhile: the next change tries again. */
  async #listenAgain(endpoint: Endpoint): Promise<void> {
    try {
      await this.#listen(endpoint, this.#ports.get(endpoint) ?? this.#freePort())
    } catch (error) {
      if (!(error instanceof SimError)) throw error
    }
  }

  async #listen(endpoint: Endpoint, port: number): Promise<LoopbackServer> {
    const server = await this.#options.open(endpoint, port)
    this.#ports.set(endpoint, server.port)
    this.#servers.set(endpoint, server)
    if (endpoint !== null) this.#options.geography.opened(endpoint, `${server.url}/`)
    return server
  }

  /** For a region that was not there at the start. */
  #freePort(): number {
    return this.#options.globalPort === 0 ? 0 : Math.max(...this.#ports.values()) + 1
  }

  #awaitNextChange(): void {
    const { geography, weather, clock } = this.#options
    const at = Math.min(geography.nextChangeAt, weather.nextChangeAt(geography.listening()))
    if (this.#abort.signal.aborted || at === this.#waitsUntil) return
    this.#wait.abort()
    this.#wait = new AbortController()
    this.#waitsUntil = at
    if (at === Number.POSITIVE_INFINITY) return
    const { signal } = this.#wait
    const ms = Math.min(Math.max(0, at - clock.now()), longestSleepMs)
    clock.sleep(ms, signal).then(
      () => {
        this.#waitsUntil = Number.POSITIVE_INFINITY
        return this.settle()
      },
      () => {}, // Another wait took its place, or the simulator stopped.
    )
  }
}
