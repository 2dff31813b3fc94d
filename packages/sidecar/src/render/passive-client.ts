import { backoffMs, type Fingerprint, heldOf, refusalFor, type Usage } from '@keyturn/core'
import { type Chance, type Clock, type LiveKeyset, rest } from '@keyturn/keyring'
import { reasonOf } from '../error.ts'
import type { Log } from '../log.ts'
import type { Tally } from '../metrics/tally.ts'
import type { MemberStore } from '../store.ts'
import { tickMs } from './process-start.ts'
import { passiveId, type RenderedFile } from './rendered-file.ts'
import { printFile, shownBy } from './text.ts'
import type { RenderWorld } from './world.ts'

export interface PassiveParts {
  readonly store: MemberStore
  /** The keyset that the member's state speaks of. */
  readonly held: () => LiveKeyset | null
  readonly world: RenderWorld
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
  readonly tally: Tally
}

interface Rendered {
  readonly keyset: LiveKeyset
  /** When the file was in place, by the clock of process starts; `null`: it has none. */
  readonly at: number | null
}

const backoff = { firstMs: 250, maxMs: 15_000 } as const
const defaultTimeoutMs = 30_000
/** Between two looks whether the consumer has started anew. */
const lookMs = 250
const defaultMode = 0o600

/**
 * One rendered file as a client of the member. Whoever reads it is not asked and not counted: so
 * all that it was shown since it last acknowledged counts as in flight.
 */
export class PassiveClient {
  readonly id: string
  readonly #file: RenderedFile
  readonly #parts: PassiveParts
  readonly #stop = new AbortController()
  #rendered: Rendered | null = null
  #loaded: LiveKeyset | null = null
  /** Keys that the file has shown since the consumer's last acknowledgement, and that one's. */
  #shown: ReadonlySet<Fingerprint> = new Set()
  #sequence = 0

  constructor(file: RenderedFile, parts: PassiveParts) {
    this.id = passiveId(file.consumer)
    this.#file = file
    this.#parts = parts
  }

  get consumer(): string {
    return this.#file.consumer
  }

  /** Whether the file shows the keyset that is held. */
  get isCurrent(): boolean {
    return this.#rendered !== null && this.#rendered.keyset === this.#parts.held()
  }

  get isAcknowledged(): boolean {
    return this.isCurrent && this.#loaded === this.#rendered?.keyset
  }

  start(): void {
    const { id } = this
    const client = { id, name: this.consumer, pid: 0, presence: id }
    this.#parts.store.apply({ is: 'attached', client })
    void this.#run()
  }

  /** A reload command that runs is left to end by itself: half a reload helps nobody. */
  stop(): void {
    this.#stop.abort(new Error('The sidecar is stopping.'))
  }

  /** @returns whether this version is the one in the file, and the newest. */
  acknowledge(version: number): boolean {
    const { keyset } = this.#rendered ?? {}
    if (keyset === undefined || !this.isCurrent || keyset.version !== version) return false
    if (this.#loaded === keyset) return true
    this.#loaded = keyset
    this.#shown = new Set(shownBy(this.#file.format, keyset))
    this.#sample()
    this.#parts.log.info(
      { event: 'rendered-acknowledged', consumer: this.consumer, version },
      'The consumer of a rendered file has loaded it.',
    )
    return true
  }

  async #run(): Promise<void> {
    const { store, clock, chance } = this.#parts
    const signal = this.#stop.signal
    for (let failures = 0; !signal.aborted; ) {
      await store.until(() => this.#isDue(), signal)
      const keyset = this.#parts.held()
      if (signal.aborted || keyset === null) continue
      if (await this.#render(keyset)) {
        failures = 0
        await this.#bringHome(keyset)
      } else {
        failures += 1
        await rest(clock, backoffMs(failures, chance(), backoff), signal)
      }
    }
  }

  /** Like any client it is on the disk before it is handed a key, and handed nothing too old. */
  #isDue(): boolean {
    const { store, held } = this.#parts
    const keyset = held()
    if (keyset === null || refusalFor(store.state, this.id) !== null) return false
    return this.#rendered?.keyset !== keyset
  }

  async #render(keyset: LiveKeyset): Promise<boolean> {
    const { world, log, tally } = this.#parts
    const { path, format, mode = defaultMode, owner = null } = this.#file
    const { consumer } = this
    const { version } = keyset
    // Before the file: a consumer that starts by itself reads it the moment that it is there.
    this.#shown = new Set([...this.#shown, ...shownBy(format, keyset)])
    this.#sample()
    try {
      await world.replaceFile({ path, mode, owner }, printFile(format, keyset))
    } catch (error) {
      tally.add(`render-error:${consumer}`)
      log.error(
        { event: 'render-failed', consumer, path, version, reason: reasonOf(error) },
        'A file could not be rendered: the last one stays, and it is tried again.',
      )
      return false
    }
    this.#rendered = { keyset, at: await world.ticksNow() }
    tally.add(`rendered:${consumer}`)
    log.info({ event: 'rendered', consumer, path, version }, 'A file shows another keyset.')
    return true
  }

  /** Tells the consumer, and waits until it has loaded the file, or there is a newer keyset. */
  async #bringHome(keyset: LiveKeyset): Promise<void> {
    const { store, clock, chance } = this.#parts
    const over = new AbortController()
    const unfollow = store.follow(() => {
      if (this.#parts.held() !== keyset || this.#loaded === keyset) over.abort()
    })
    const signal = AbortSignal.any([over.signal, this.#stop.signal])
    // Who starts within the tick of the rendering cannot be told from who started before it.
    if (this.#canBeSeen()) await rest(clock, tickMs, signal)
    for (let failures = 0; !signal.aborted && !(await this.#reload(keyset)); ) {
      failures += 1
      await rest(clock, backoffMs(failures, chance(), backoff), signal)
    }
    while (!signal.aborted && this.#canBeSeen() && !(await this.#hasStartedSince())) {
      await rest(clock, lookMs, signal)
    }
    if (!signal.aborted && this.#canBeSeen()) this.acknowledge(keyset.version)
    unfollow()
  }

  /** Success of the command alone, or a start alone, proves nothing (PROTOCOL, P14). */
  #canBeSeen(): boolean {
    const { onChange, pidFile } = this.#file
    return onChange !== undefined && 'command' in onChange && pidFile !== undefined
  }

  async #hasStartedSince(): Promise<boolean> {
    const { pidFile } = this.#file
    const at = this.#rendered?.at ?? null
    if (pidFile === undefined || at === null) return false
    const started = await this.#parts.world.startedBy(pidFile)
    return started !== null && started.at > at
  }

  async #reload({ version }: LiveKeyset): Promise<boolean> {
    const { world, log, tally } = this.#parts
    const { path: file, onChange, pidFile } = this.#file
    const { consumer } = this
    if (onChange === undefined) return true
    try {
      if ('command' in onChange) {
        await world.run(onChange.command, { file, version }, onChange.timeoutMs ?? defaultTimeoutMs)
      } else {
        await this.#signal(onChange.signal, pidFile)
      }
    } catch (error) {
      tally.add(`render-error:${consumer}`)
      log.error(
        { event: 'reload-failed', consumer, version, reason: reasonOf(error) },
        'The consumer of a rendered file was not reloaded; it is tried again.',
      )
      return false
    }
    log.info({ event: 'reloaded', consumer, version }, 'The consumer of a file was told.')
    return true
  }

  async #signal(signal: NodeJS.Signals, pidFile: string | undefined): Promise<void> {
    const { world } = this.#parts
    const started = pidFile === undefined ? null : await world.startedBy(pidFile)
    if (started === null) throw new Error('The pid file names no process that lives.')
    world.signal(started.pid, signal)
  }

  #sample(): void {
    const held = this.#loaded === null ? null : heldOf(this.#loaded)
    const usage: Usage[] = [...this.#shown].map(fingerprint => ({
      fingerprint,
      inFlight: 1,
      total: 0,
      idleMs: 0,
    }))
    this.#sequence += 1
    const sample = { sequence: this.#sequence, held, usage, refused: [] }
    this.#parts.store.apply({ is: 'sampled', id: this.id, sample })
  }
}
