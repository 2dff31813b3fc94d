import { createHash } from 'node:crypto'
import { backgroundClock, type Chance, type Clock, systemChance } from '../clock.ts'
import { KeysetError, parseKeyset } from '../document.ts'
import type { LiveKeyset, RefreshReason, RingSink, Source, SourceStatus } from '../source.ts'
import { Directory, type Texts, type Volume } from './directory.ts'
import { FollowLoop, orAborted } from './follow-loop.ts'
import { SubPathError } from './mounts.ts'
import { ofSubject, plainKey, plainKeyset, plainSlot, type SubjectOptions } from './plain.ts'
import { Reading } from './reading.ts'

export interface FilesOptions extends SubjectOptions {
  /**
   * Holds `keyset.json`, or `primary`, `secondary` and perhaps `active`. Only a keyset has a version
   * and fences: on the others a member blocks a rotation with `NOT_FENCED` until it is waived.
   */
  readonly directory: string
  /** Between two looks for which no event was needed, in ms; default 10,000. */
  readonly pollMs?: number
  /** How old files may be when they are mounted, in ms; default 120,000, as the CSI driver polls. */
  readonly stalenessMsMax?: number
  readonly clock?: Clock
  readonly chance?: Chance
  /** Instead of the directory on this machine. */
  readonly volume?: Volume
}

const defaultPollMs = 10_000
const defaultStalenessMsMax = 120_000
/** A network file system that hangs is asked again. */
const readMsMax = 10_000
/** A half-written file is whole a moment later. */
const backoff = { firstMs: 100, maxMs: 10_000 } as const

/** Keys in a mounted directory. */
export class FilesSource implements Source {
  readonly kind = 'files'
  readonly stalenessMsMax: number
  readonly #options: FilesOptions
  readonly #clock: Clock
  readonly #reading: Reading
  readonly #volume: Volume
  #loop: FollowLoop
  #unwatch: Promise<() => Promise<void>> = Promise.resolve(async () => {})
  #sink: RingSink | null = null
  #last: { readonly digest: string; readonly keyset: LiveKeyset } | null = null

  constructor(options: FilesOptions) {
    this.#options = options
    this.stalenessMsMax = options.stalenessMsMax ?? defaultStalenessMsMax
    this.#clock = options.clock ?? backgroundClock
    this.#reading = new Reading('files', this.#clock)
    this.#volume = options.volume ?? new Directory(options.directory)
    this.#loop = this.#makeLoop()
  }

  start(sink: RingSink): void {
    if (this.#loop.stopped) this.#loop = this.#makeLoop()
    this.#sink = sink
    this.#loop.start()
    // Without events there is still the poll.
    this.#unwatch = this.#watch().catch(() => async () => {})
  }

  refresh(_reason: RefreshReason, signal: AbortSignal): Promise<void> {
    return orAborted(this.#loop.now(), signal)
  }

  status(): SourceStatus {
    return this.#reading.status()
  }

  async stop(): Promise<void> {
    this.#sink = null
    await this.#loop.stop()
    await (await this.#unwatch)()
  }

  #makeLoop(): FollowLoop {
    return new FollowLoop({
      read: () => this.#read(),
      readMsMax,
      pollMs: this.#options.pollMs ?? defaultPollMs,
      backoff,
      clock: this.#clock,
      chance: this.#options.chance ?? systemChance,
    })
  }

  #watch(): Promise<() => Promise<void>> {
    return this.#volume.watch(() => void this.#loop.now().catch(() => undefined))
  }

  async #read(): Promise<void> {
    try {
      const keyset = await this.#load()
      if (this.#sink !== null) this.#reading.offer(this.#sink, keyset)
    } catch (error) {
      this.#reading.failed(`${this.#options.directory}: ${sentenceOf(error)}`)
      throw error
    }
  }

  async #load(): Promise<LiveKeyset> {
    const texts = await this.#volume.read()
    const digest = digestOf(texts)
    if (this.#last?.digest === digest) return this.#last.keyset
    // Plain files change one by one: two looks must agree before both halves are of one time.
    if (digest !== digestOf(await this.#volume.read())) {
      throw new KeysetError('its files were changing while they were read')
    }
    const keyset = assemble(texts, this.#options)
    this.#last = { digest, keyset }
    return keyset
  }
}

/** Tells two contents apart without keeping either. */
const digestOf = (texts: Texts): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex')

const assemble = (texts: Texts, options: FilesOptions): LiveKeyset => {
  const of = Object.fromEntries(texts)
  if (typeof of['keyset.json'] === 'string') {
    return ofSubject(parseKeyset(of['keyset.json']), options)
  }
  const { primary, secondary, active } = of
  for (const [slot, text] of Object.entries({ primary, secondary })) {
    if (typeof text !== 'string') throw new KeysetError(`neither keyset.json nor ${slot} is there`)
  }
  return plainKeyset(
    { primary: plainKey(primary, 'primary'), secondary: plainKey(secondary, 'secondary') },
    plainSlot(active, 'active'),
    options,
  )
}

/** Never a file's text. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof KeysetError || error instanceof SubPathError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return `its files cannot be read (${code}): see that the volume is mounted and readable.`
}

/** Follows keys in a mounted directory. */
export const files = (options: FilesOptions): FilesSource => new FilesSource(options)
