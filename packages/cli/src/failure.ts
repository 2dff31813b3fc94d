/** Bad input: one sentence on standard error, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'BAD_INPUT'
}

/** Something that should have worked did not: one sentence, exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure'
  /** Of the command's own (see `failureCodes`), or of the coordinator. */
  readonly code: string

  constructor(sentence: string, code: string = 'FAILED') {
    super(sentence)
    this.code = code
  }
}

/** Codes of failures that are the command's own; the others are the coordinator's. */
export const failureCodes = [
  'BAD_INPUT',
  'FAILED',
  'COORDINATOR_UNREACHABLE',
  'NOT_A_COORDINATOR',
  'PLAIN_HTTP_REFUSED',
  'TLS_UNTRUSTED',
  'TLS_REFUSED',
  'NOT_IN_TIME',
] as const

/** Asked to end in the middle of something: one sentence, and the exit code that shells expect. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: AbortSignal, sentence: string) {
    super(sentence)
    this.exitCode = signal.reason === 'SIGTERM' ? 143 : 130
  }
}

const systemErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use: choose another port, or end what listens there',
  EACCES: 'permission denied',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is no directory',
  EEXIST: 'it is there already, and no directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
}

/** One sentence about whatever went wrong, without a stack. */
export const sentenceOf = (error: unknown): string => {
  if (!isErrorLike(error)) return 'Something failed that does not say what.'
  const { code, path, address, port } = error
  if (error instanceof Failure || isOurs(code)) return `${code}: ${error.message}`
  const known = code === undefined ? undefined : systemErrors[code]
  if (known === undefined)
    return error.message.split('\n', 1)[0] ?? 'Something failed that does not say what.'
  const what = path ?? (port === undefined ? address : `${address ?? 'localhost'}:${port}`)
  return what === undefined ? known : `${what}: ${known}`
}

/** Of azure-sim and the sidecar, about what the caller chose. */
const ourInputCodes: readonly string[] = [
  ...['SIM_OPTION_INVALID', 'SIM_PORT_IN_USE', 'SIM_PORT_REFUSED'],
  ...['BAD_OPTIONS', 'SOCKET_IN_USE', 'SOCKET_UNUSABLE', 'STATE_UNWRITABLE', 'TOKEN_UNUSABLE'],
  'PLAIN_HTTP_REFUSED',
]

const isOurs = (code: string | undefined): boolean =>
  code !== undefined && ourInputCodes.includes(code)

/** With those of the system. */
const inputCodes: readonly string[] = [
  ...['EADDRINUSE', 'EACCES', 'ENOENT', 'ENOTDIR', 'EEXIST', 'EROFS'],
  ...ourInputCodes,
]

/** Whether an error is about what the caller chose: a port, a path, a setting. */
export const isAboutInput = (error: unknown): boolean => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && inputCodes.includes(code)
}

/** `@azure/cosmos` throws plain objects too. */
interface ErrorLike {
  readonly message: string
  readonly code?: string
  readonly path?: string
  readonly address?: string
  readonly port?: number
}

const isErrorLike = (error: unknown): error is ErrorLike =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  typeof error.message === 'string'
