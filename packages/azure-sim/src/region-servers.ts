import type { Geography } from './account/geography.ts'
import type { Clock } from './clock.ts'
import { SimError } from './errors.ts'
import type { LoopbackServer } from './tls/server.ts'

/** Opens the port of one region; port 0 takes any. */
export type OpenRegion = (region: string, port: number) => Promise<LoopbackServer>

/**
 * The listeners of the regions, opened and closed as the account's geography says. A region that
 * comes back listens where it did before. What a region answers never depends on this: a request
 * that comes in before its listener is closed is refused by the region itself.
 */
export class RegionServers {
  readonly #geography: Geography
  readonly #clock: Clock
  readonly #open: OpenRegion
  readonly #servers = new Map<string, LoopbackServer>()
  readonly #ports = new Map<string, number>()
  readonly #abort = new AbortController()
  #nextPort: number
  #started = false
  /** One change after the other: what is open is never both opened and closed at once. */
  #settled: Promise<void> = Promise.resolve()
  #waitsUntil = Number.POSITIVE_INFINITY
  #wait = new AbortController()

  /** `firstPort`: regions take it and those that follow; 0 lets each take any. */
  constructor(geography: Geography, clock: Clock, firstPort: number, open: OpenRegion) {
    this.#geography = geography
    this.#clock = clock
    this.#nextPort = firstPort
    this.#open = open
  }

  /** @throws SimError `SIM_PORT_IN_USE`, `SIM_PORT_REFUSED` */
  async start(): Promise<void> {
    await this.#reconcile()
    this.#started = true
    const again = (): void => void this.settle()
    const forget = this.#geography.onPlanned(again)
    this.#abort.signal.addEventListener('abort', forget, { once: true })
    this.#awaitNextChange()
  }

  /** Resolves once exactly those regions listen that should by now. */
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

  async #reconcile(): Promise<void> {
    const wanted = this.#abort.signal.aborted ? [] : this.#geography.listening()
    for (const [name, server] of this.#servers) {
      if (wanted.includes(name)) continue
      this.#servers.delete(name)
      await server.stop()
    }
    for (const name of wanted) if (!this.#servers.has(name)) await this.#listen(name)
  }

  async #listen(name: string): Promise<void> {
    const port = this.#ports.get(name) ?? this.#takePort()
    try {
      const server = await this.#open(name, port)
      this.#ports.set(name, server.port)
      this.#servers.set(name, server)
      this.#geography.opened(name, `${server.url}/`)
    } catch (error) {
      // At the start the caller is told. Later nobody is there to be told: the region stays closed,
      // and the next change tries again.
      if (!this.#started || !(error instanceof SimError)) throw error
    }
  }

  #takePort(): number {
    if (this.#nextPort === 0) return 0
    this.#nextPort += 1
    return this.#nextPort - 1
  }

  #awaitNextChange(): void {
    const at = this.#geography.nextChangeAt
    if (this.#abort.signal.aborted || at === this.#waitsUntil) return
    this.#wait.abort()
    this.#wait = new AbortController()
    this.#waitsUntil = at
    if (at === Number.POSITIVE_INFINITY) return
    const { signal } = this.#wait
    this.#clock.sleep(Math.max(0, at - this.#clock.now()), signal).then(
      () => {
        this.#waitsUntil = Number.POSITIVE_INFINITY
        return this.settle()
      },
      () => {}, // Another wait took its place, or the simulator stopped.
    )
  }
}
