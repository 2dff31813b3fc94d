import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type Fingerprint, fingerprintOf, isAccountKey, type Named } from '@keyturn/core'

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The fingerprint of an account key in base64, by `node:crypto`. */
export const fingerprintOfKey = (key: string): Fingerprint => fingerprintOf(key, sha256Hex)

/**
 * An account key that signs and cannot print itself: neither `inspect`, JSON, string
 * concatenation nor a debugger's property list shows it. `reveal` is the one word to search for.
 */
export class Key implements Named {
  readonly fingerprint: Fingerprint
  readonly #key: KeyObject

  /**
   * @param value 64 bytes in base64, as Azure shows an account key.
   * @throws TypeError where it is not; the message never quotes it.
   */
  constructor(value: string) {
    if (typeof value !== 'string' || !isAccountKey(value)) {
      throw new TypeError(
        'This is not a Cosmos DB account key: expected 64 bytes in base64 (88 characters). ' +
          'Copy the whole value of one key, without quotes, spaces or "AccountKey=".',
      )
    }
    this.fingerprint = fingerprintOfKey(value)
    this.#key = createSecretKey(value, 'base64')
  }

  /** HMAC-SHA256 of a string to sign, in base64. */
  sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64')
  }

  /** The key in base64. */
  reveal(): string {
    return this.#key.export().toString('base64')
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
