import { createHash } from 'node:crypto'
import { isAccountKey, SecretKey } from '@keyturn/core'

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex')

/** @throws {TypeError} naming where it came from, never what it was. */
export const secretKey = (value: string | undefined, from: string): SecretKey => {
  if (value === undefined || !isAccountKey(value)) {
    throw new TypeError(`${from} is not an account key of 64 bytes in base64.`)
  }
  return new SecretKey(value, sha256Hex)
}
