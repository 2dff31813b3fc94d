import { type Fingerprint, isFingerprint } from '@keyturn/core'

/** A fingerprint that a reader recognises: its digits start with the number. */
export const fingerprint = (number: number): Fingerprint => {
  const text = number.toString(16).padStart(16, '0')
  if (!isFingerprint(text)) throw new RangeError('a fingerprint is 16 hex digits')
  return text
}
