/** Stable codes of the errors that this package adds; Azure's own reach the caller unchanged. */
export type KeysErrorCode = 'KEYS_UNAVAILABLE' | 'CLIENT_CLOSED'

/**
 * Nothing can be signed. The SDK does not retry it: its retry policies act on codes that it knows,
 * and some of them would wait for hours.
 */
export class KeysError extends Error {
  readonly code: KeysErrorCode

  constructor(code: KeysErrorCode, message: string) {
    super(message)
    this.name = 'KeysError'
    this.code = code
  }
}

export const keysUnavailable = (waitedMs: number, why: string): KeysError =>
  new KeysError(
    'KEYS_UNAVAILABLE',
    `No usable key has come within ${waitedMs} ms (${why}), so the request cannot be signed. ` +
      'Check that the source of "keys" can be reached; the client goes on by itself when it can.',
  )

export const clientClosed = (): KeysError =>
  new KeysError(
    'CLIENT_CLOSED',
    'The client was closed, and its keys with it. Make a new ResilientCosmosClient.',
  )
