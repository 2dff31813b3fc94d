import type { JournalEntry, WallClock } from '../ports.ts'
import type { Said } from './levels.ts'

/** One reader of the events, over whatever carries them. */
export interface Line {
  /** @returns whether more may be written; if not, `ready` says when. */
  write(text: string): boolean
  /** Resolves once more may be written; aborts `gone` where the reader does not read. */
  ready(): Promise<void>
  readonly gone: AbortSignal
}

export interface Feeding {
  journal(after: number, limit: number): readonly JournalEntry[]
  /** Of the newest entry. */
  readonly revision: number
  levels(): readonly Said[]
}

/** A reader is told of changes at this distance at the least: a fleet reports all the time. */
const gapMs = 100
/** Proxies close what has been silent for a minute or less. */
const beatMs = 15_000
const entriesAtOnce = 200
/** A token may expire and a right be taken away meanwhile: who goes on has to prove anew who it is. */
const lifeMs = 1_800_000

/** Tells readers what happens with one account: entries of the journal in order, then how it is. */
export class Feed {
  readonly #source: Feeding
  readonly #clock: WallClock
  readonly #readers = new Set<Reader>()
  readonly #closed = new AbortController()
  #isDue = false

  constructor(source: Feeding, clock: WallClock) {
    this.#source = source
    this.#clock = clock
  }

  /** Something may have changed. */
  turned(): void {
    if (this.#isDue || this.#readers.size === 0) return
    this.#isDue = true
    void this.#clock.sleep(gapMs, this.#closed.signal).then(() => {
      this.#isDue = false
      if (this.#readers.size === 0) return
      const levels = this.#source.levels()
      for (const reader of this.#readers) void reader.tell(levels)
    })
  }

  /**
   * Tells until the line is gone, or for half an hour: a client takes it up again by itself.
   * @param after the revision up to which the reader knows the journal; `null`: it asks for none
   */
  async follow(line: Line, after: number | null): Promise<void> {
    const { revision } = this.#source
    // Whoever knows more than there is has read another journal: it is told all of this one.
    const known = after === null ? revision : after > revision ? 0 : after
    const reader = new Reader(this.#source, line, known)
    this.#readers.add(reader)
    line.write('retry: 1000\n\n')
    void reader.tell(this.#source.levels())
    const life = new AbortController()
    const over = AbortSignal.any([line.gone, this.#closed.signal, life.signal])
    void this.#clock.sleep(lifeMs, over).then(() => life.abort())
    while (!over.aborted) {
      await this.#clock.sleep(beatMs, over)
      if (!over.aborted) line.write(':\n\n')
    }
    this.#readers.delete(reader)
  }

  close(): void {
    this.#closed.abort()
  }
}

class Reader {
  readonly #source: Feeding
  readonly #line: Line
  readonly #sent = new Map<string, string>()
  #known: number
  #levels: readonly Said[] | null = null
  #isTelling = false

  constructor(source: Feeding, line: Line, known: number) {
    this.#source = source
    this.#line = line
    this.#known = known
  }

  /** What comes while it reads slowly replaces what was not sent yet. */
  async tell(levels: readonly Said[]): Promise<void> {
    this.#levels = levels
    if (this.#isTelling) return
    this.#isTelling = true
    while (this.#levels !== null && !this.#line.gone.aborted) {
      const now: readonly Said[] = this.#levels
      this.#levels = null
      await this.#tellJournal()
      for (const said of now) await this.#tellLevel(said)
    }
    this.#isTelling = false
  }

  async #tellJournal(): Promise<void> {
    for (;;) {
      const entries = this.#source.journal(this.#known, entriesAtOnce)
      for (const entry of entries) {
        this.#known = entry.revision
        await this.#send('journal', JSON.stringify(entry))
      }
      if (entries.length < entriesAtOnce || this.#line.gone.aborted) return
    }
  }

  async #tellLevel({ is, text, essence }: Said): Promise<void> {
    if (this.#sent.get(is) === essence) return
    this.#sent.set(is, essence)
    await this.#send(is, text)
  }

  async #send(event: string, data: string): Promise<void> {
    if (this.#line.gone.aborted) return
    const more = this.#line.write(`event: ${event}\nid: ${this.#known}\ndata: ${data}\n\n`)
    if (!more) await this.#line.ready()
  }
}
