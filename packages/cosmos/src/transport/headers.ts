import type { HttpHeaders, RawHttpHeaders } from '@azure/core-rest-pipeline'
import { HeaderNames } from './header-names.ts'

const names = new HeaderNames()

/**
 * Name and value in turn, as they came. The first of several values, as the SDK's own HTTP client
 * reads them, and no empty ones.
 */
const decoded = (raw: readonly Buffer[]): RawHttpHeaders => {
  const headers: RawHttpHeaders = Object.create(null)
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at], raw[at + 1]]
    if (name === undefined || value === undefined || value.length === 0) continue
    const key = names.nameOf(name)
    if (headers[key] === undefined) headers[key] = value.toString('latin1')
  }
  return headers
}

/** An answer's headers, made of what undici's parser found. */
export class ReceivedHeaders implements HttpHeaders {
  readonly #headers: RawHttpHeaders

  /** @param raw name and value in turn. */
  constructor(raw: readonly Buffer[]) {
    this.#headers = decoded(raw)
  }

  get(name: string): string | undefined {
    return this.#headers[name.toLowerCase()]
  }

  has(name: string): boolean {
    return this.#headers[name.toLowerCase()] !== undefined
  }

  set(name: string, value: string | number | boolean): void {
    this.#headers[name.toLowerCase()] = String(value)
  }

  delete(name: string): void {
    delete this.#headers[name.toLowerCase()]
  }

  toJSON(): RawHttpHeaders {
    return { ...this.#headers }
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return Object.entries(this.#headers)[Symbol.iterator]()
  }
}
