/**
 * How a key is named wherever the key itself must not go: 16 hex digits. Branded by a name, not by
 * a symbol, so that the types of both builds of this package agree on it.
 */
export type Fingerprint = string & { readonly '~brand': 'Fingerprint' }

const pattern = /^[0-9a-f]{16}$/

export const isFingerprint = (text: string): text is Fingerprint => pattern.test(text)

/**
 * The first 16 hex digits of SHA-256 over `keyturn:` and the key's base64 text.
 * The hash is an argument: `core` has no crypto of its own.
 */
export const fingerprintOf = (key: string, sha256Hex: (text: string) => string): Fingerprint => {
  const digits = sha256Hex(`keyturn:${key}`).slice(0, 16)
  if (!isFingerprint(digits)) throw new TypeError('sha256Hex must return lower-case hex digits')
  return digits
}
