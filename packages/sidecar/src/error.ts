/** Codes that operators and tests may rely on. */
export type SidecarErrorCode =
  | 'BAD_OPTIONS'
  | 'IDENTITY_UNREADABLE'
  | 'PLAIN_HTTP_REFUSED'
  | 'SOCKET_IN_USE'
  | 'SOCKET_UNUSABLE'
  | 'STARTED_BEFORE'
  | 'STATE_UNWRITABLE'
  | 'TOKEN_UNUSABLE'

/** What stops a sidecar from starting, or a client from being taken. Match `code`. */
export class SidecarError extends Error {
  override readonly name = 'SidecarError'
  readonly code: SidecarErrorCode

  constructor(code: SidecarErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The system's own code of a failure (`EACCES`, `ECONNREFUSED`, …), or its name. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return code ?? (error.cause === undefined ? error.name : reasonOf(error.cause))
}
