import type { HttpHeaders, RawHttpHeaders } from '@azure/core-rest-pipeline'

type Received = Record<string, string | string[] | undefined>

/** Whether every name has one value, as it has in almost every answer. */
const isFlat = (received: Received): received is RawHttpHeaders => {
  for (const name in received) {
    const value = received[name]
    if (typeof value !== 'string' || value === '') return false
  }
  return true
}

/** The first of several values, as the SDK's own HTTP client reads them, and no empty ones. */
const flat = (received: Received): RawHttpHeaders => {
  if (isFlat(received)) return received
  const headers: RawHttpHeaders = {}
  for (const name in received) {
    const value = received[name]
    const first = typeof value === 'string' ? value : value?.[0]
    if (first) headers[name] = first
  }
  return headers
}

/** An answer's headers around the object that undici made, whose names are in lower case. */
export class ReceivedHeaders implements HttpHeaders {
  readonly #headers: RawHttpHeaders

  constructor(received: Received) {
    this.#headers = flat(received)
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
