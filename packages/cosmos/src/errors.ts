/** Stable codes of the errors that this package adds; Azure's own reach the caller unchanged. */
export type KeysErrorCode = 'KEYS_UNAVAILABLE' | 'LOCAL_AUTH_DISABLED' | 'CLIENT_CLOSED'

/**
 * Nothing can be signed. The SDK does not retry it: its retry policies act on codes that it knows,
 * and some of them would wait for hours.
 */
export class KeysError extends Error {
  /** Stable: match this, neither the message nor the class. */
  readonly code: KeysErrorCode

  /** @internal */
  constructor(code: KeysErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'KeysError'
    this.code = code
  }
}

/** Stable codes of what a caller passed that cannot be. */
export type OptionErrorCode = 'OPTION_INVALID' | 'KEYS_NOT_LITERAL'

/** A caller's mistake: a `TypeError` that says what to do and never quotes what was passed. */
export class OptionError extends TypeError {
  /** Stable: match this, neither the message nor the class. */
  readonly code: OptionErrorCode

  /** @internal */
  constructor(message: string, code: OptionErrorCode = 'OPTION_INVALID') {
    super(message)
    this.code = code
  }
}

export const keysUnavailable = (waitedMs: number, why: string): KeysError =>
  new KeysError(
    'KEYS_UNAVAILABLE',
    `No usable key has come within ${waitedMs} ms (${why}), so the request cannot be signed. ` +
      'Check that the source of "keys" can be reached; the client goes on by itself when it can.',
    { cause: new Error(why) },
  )

/**
 * No key of the account serves any longer, so there is nothing to fail over to and nothing to wait
 * for. `cause` is what Azure said: `{ status, substatus, message }`.
 */
export const localAuthDisabled = (
  status: number,
  substatus: number | null,
  body: string | null | undefined,
): KeysError =>
  new KeysError(
    'LOCAL_AUTH_DISABLED',
    'This account refuses every key, because its property "disableLocalAuth" is set. ' +
      'Use CosmosClient with "aadCredentials" and a data-plane role, or have the property unset.',
    { cause: { status, substatus, message: messageOf(body) } },
  )

const messageOf = (body: string | null | undefined): string => {
  try {
    const parsed: unknown = JSON.parse(body ?? '')
    const message = parsed !== null && typeof parsed === 'object' && Reflect.get(parsed, 'message')
    return typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}

export const clientClosed = (): KeysError =>
  new KeysError(
    'CLIENT_CLOSED',
    'The client was closed, and its keys with it. Make a new ResilientCosmosClient.',
  )
