import { type Fingerprint, fingerprintOf } from './fingerprint.ts'

/** 64 bytes in base64, as every Cosmos DB account key: 86 digits and two equal signs. */
const accountKeyPattern = /^[A-Za-z0-9+/]{85}[AQgw]==$/

export const isAccountKey = (text: string): boolean => accountKeyPattern.test(text)

/** An account key that cannot print itself. `reveal` is the one word to search for. */
export class SecretKey {
  readonly fingerprint: Fingerprint
  readonly #value: string

  constructor(value: string, sha256Hex: (text: string) => string) {
    this.#value = value
    this.fingerprint = fingerprintOf(value, sha256Hex)
  }

  /** The key in base64. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return `key:${this.fingerprint}`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
