import type { HttpHeaders, RawHttpHeaders } from '@azure/core-rest-pipeline'
import { HeaderNames } from './header-names.ts'

const names = new HeaderNames()

/**
 * Name and value in turn, as they came. The first of several values, as the SDK's own HTTP client
 * reads them, and no empty ones. An ordinary object: the SDK copies it twice for each answer, and
 * V8 copies one without a prototype ten times as slowly.
 */
const decoded = (raw: readonly Buffer[]): RawHttpHeaders => {
  const headers: RawHttpHeaders = {}
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at], raw[at + 1]]
    if (name === undefined || value === undefined || value.length === 0) continue
    const key = names.nameOf(name)
    if (!Object.hasOwn(headers, key)) headers[key] = value.toString('latin1')
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
    const lower = name.toLowerCase()
    return Object.hasOwn(this.#headers, lower) ? this.#headers[lower] : undefined
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#headers, name.toLowerCase())
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
