// Asks a web application for books, several at once, until it is told to end.

import type { Done } from './application.ts'

const readers = 8

export class Readers {
  readonly #url: string
  readonly #ended = new AbortController()
  readonly #reading: Promise<unknown>
  #operations = 0
  #failed = 0

  constructor(url: string) {
    this.#url = url
    this.#reading = Promise.all(Array.from({ length: readers }, () => this.#read()))
  }

  async end(): Promise<Done> {
    this.#ended.abort()
    await this.#reading
    const health = await fetch(`${this.#url}/healthz`)
    const { keys } = (await health.json()) as { keys: { isStray: boolean; version: number } }
    const isWell = health.status === 200 && !keys.isStray && keys.version > 1
    return { operations: this.#operations, failed: this.#failed + Number(!isWell) }
  }

  async #read(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const book = this.#operations++ % 20
      const isRead = await fetch(`${this.#url}/books/book-${book}`).then(
        async ({ ok, body }) => ok && body !== null,
        () => false,
      )
      if (!isRead) this.#failed += 1
    }
  }
}
