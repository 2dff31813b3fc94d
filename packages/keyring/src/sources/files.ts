import { createHash } from 'node:crypto'
import { isAccountKey, type Pair, type Slot } from '@keyturn/core'
import { backgroundClock, type Chance, type Clock, systemChance } from '../clock.ts'
import { KeysetError, parseKeyset } from '../document.ts'
import { Key } from '../key.ts'
import type { LiveKeyset, RefreshReason, RingSink, Source, SourceStatus } from '../source.ts'
import { Directory, type Texts, type Volume } from './directory.ts'
import { FollowLoop, orAborted } from './follow-loop.ts'
import { Reading } from './reading.ts'

export interface FilesOptions {
  /** Holds `keyset.json`, or `primary`, `secondary` and perhaps `active`. */
  readonly directory: string
  /** Whose keys they are, where the files do not say: ARM resource id. */
  readonly account?: string
  /** The account's endpoint, where the files do not say. */
  readonly endpoint?: string
  readonly pair?: Pair
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
  readonly #loop: FollowLoop
  readonly #volume: Volume
  #unwatch: Promise<() => Promise<void>> = Promise.resolve(async () => {})
  #sink: RingSink | null = null
  #last: { readonly digest: string; readonly keyset: LiveKeyset } | null = null

  constructor(options: FilesOptions) {
    this.#options = options
    this.stalenessMsMax = options.stalenessMsMax ?? defaultStalenessMsMax
    this.#clock = options.clock ?? backgroundClock
    this.#reading = new Reading('files', this.#clock)
    this.#volume = options.volume ?? new Directory(options.directory)
    this.#loop = new FollowLoop({
      read: () => this.#read(),
      readMsMax,
      pollMs: options.pollMs ?? defaultPollMs,
      backoff,
      clock: this.#clock,
      chance: options.chance ?? systemChance,
    })
  }

  start(sink: RingSink): void {
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
  if (typeof of['keyset.json'] === 'string') return parseKeyset(of['keyset.json'])
  return Object.freeze({
    account: options.account ?? '',
    endpoint: options.endpoint ?? '',
    pair: options.pair ?? 'readWrite',
    installation: null,
    version: 0,
    active: activeOf(of['active'] ?? null),
    fenced: [],
    keys: { primary: keyOf('primary', of), secondary: keyOf('secondary', of) },
  })
}

const keyOf = (slot: Slot, texts: Readonly<Record<string, string | null>>): Key => {
  const text = texts[slot]?.trim()
  if (text === undefined) throw new KeysetError(`neither keyset.json nor ${slot} is there`)
  if (!isAccountKey(text)) throw new KeysetError(`${slot} is not an account key`)
  return new Key(text)
}

const activeOf = (text: string | null): Slot => {
  const slot = text?.trim() ?? 'primary'
  if (slot === 'primary' || slot === 'secondary') return slot
  throw new KeysetError('active is neither primary nor secondary')
}

/** Never a file's text. */
const sentenceOf = (error: unknown): string => {
  if (error instanceof KeysetError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return `its files cannot be read (${code}): see that the volume is mounted and readable.`
}

/** Follows keys in a mounted directory. */
export const files = (options: FilesOptions): FilesSource => new FilesSource(options)
