import { notServing, refusalFor } from '@keyturn/core'
import type { MemberStore } from '../store.ts'
import type { KeysetText } from './keyset-text.ts'

/** One client's stream of server-sent events. */
export interface StreamSink {
  write(text: string): void
  end(): void
}

interface Stream {
  readonly sink: StreamSink
  /** The version that the client said it holds, or was sent; `null`: none. */
  sent: string | null
}

interface Parts {
  readonly store: MemberStore
  readonly keyset: KeysetText
  readonly onOpen: (id: string) => void
  readonly onClose: (id: string) => void
}

/** The open keyset streams, one per client: its sign of life, and how a swap reaches it. */
export class Streams {
  readonly #parts: Parts
  readonly #open = new Map<string, Stream>()
  readonly #unfollow: () => void

  constructor(parts: Parts) {
    this.#parts = parts
    this.#unfollow = parts.store.follow(() => this.#pushAll())
  }

  has(id: string): boolean {
    return this.#open.has(id)
  }

  /**
   * @param resumeFrom of the header `last-event-id`.
   * @returns to be called when the stream is closed.
   */
  open(id: string, resumeFrom: string | undefined, sink: StreamSink): () => void {
    this.#open.get(id)?.sink.end()
    const stream: Stream = { sink, sent: resumable(resumeFrom) }
    this.#open.set(id, stream)
    this.#parts.onOpen(id)
    this.#push(id, stream)
    return () => {
      // A client that opened another stream has not vanished with this one.
      if (this.#open.get(id) !== stream) return
      this.#open.delete(id)
      this.#parts.onClose(id)
    }
  }

  end(id: string): void {
    const stream = this.#open.get(id)
    this.#open.delete(id)
    stream?.sink.end()
  }

  endAll(): void {
    this.#unfollow()
    for (const id of [...this.#open.keys()]) this.end(id)
  }

  #pushAll(): void {
    // Most events change nothing that is served: one look for all streams.
    if (notServing(this.#parts.store.state) !== null) return
    const current = this.#parts.keyset.current()
    if (current === null) return
    for (const [id, stream] of this.#open) {
      if (stream.sent !== current.mark) this.#push(id, stream)
    }
  }

  #push(id: string, stream: Stream): void {
    const { store, keyset } = this.#parts
    const current = keyset.current()
    if (current === null || stream.sent === current.mark) return
    if (refusalFor(store.state, id) !== null) return
    stream.sent = current.mark
    stream.sink.write(`event: keyset\nid: ${current.mark}\ndata: ${current.print()}\n\n`)
  }
}

/** Layouts without versions all say 0: such a client is sent what there is. */
const resumable = (mark: string | undefined): string | null =>
  mark === undefined || mark.startsWith('0') ? null : mark
