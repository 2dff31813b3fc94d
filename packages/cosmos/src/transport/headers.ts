import type { HttpHeaders, RawHttpHeaders } from '@azure/core-rest-pipeline'

type Received = Record<string, string | string[] | undefined>

/** The first of several values, as the SDK's own HTTP client reads them. */
const flat = (received: Received): RawHttpHeaders => {
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
    return this.#headers[name.toLowerCase()]
  }

  has(name: string): boolean {
    return name.toLowerCase() in this.#headers
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
