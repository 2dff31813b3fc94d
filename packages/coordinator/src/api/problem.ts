import type { Blocker, BlockerCode } from '@keyturn/core'
import {
  type CoordinatorProblem,
  coordinatorProblems,
  type KnownProblem,
  type Problem,
  problemContentType,
} from '@keyturn/protocol'
import type { NextFunction, Request, Response } from 'express'

/** An answer that a client can act on: a stable code and one sentence (RFC 9457). */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: CoordinatorProblem
  readonly status: number
  readonly title: string
  readonly blockers = undefined
  /** Headers that go along. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: CoordinatorProblem,
    sentence: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(sentence)
    const { status, title }: KnownProblem = coordinatorProblems[code]
    this.code = code
    this.status = status
    this.title = title
    this.headers = headers
  }
}

/** A verb that is refused says why in the code of its first blocker, and gives all of them. */
export class VerbRefused extends Error {
  override readonly name = 'VerbRefused'
  readonly code: BlockerCode
  readonly status = 409
  readonly title = 'Refused'
  readonly blockers: readonly Blocker[]
  readonly headers = {}

  constructor([first, ...others]: readonly [Blocker, ...Blocker[]]) {
    super(first.sentence)
    this.code = first.code
    this.blockers = [first, ...others]
  }
}

export const problemOf = ({ status, title, code, message, blockers }: Refusal | VerbRefused) => {
  const problem: Problem = {
    type: `urn:keyturn:problem:${code}`,
    ...{ title, status, code, detail: message },
    ...(blockers ? { blockers: [...blockers] } : {}),
  }
  return { status, title, body: JSON.stringify(problem) }
}

export const sendProblem = (response: Response, refusal: Refusal | VerbRefused): void => {
  const { status, body } = problemOf(refusal)
  response.status(status).set(refusal.headers).type(problemContentType).send(body)
}

/** The last handler: bad input is answered, never shown a stack. */
export const problems =
  (
    onRefused: (refusal: Refusal | VerbRefused, request: Request, response: Response) => void,
    onError: (error: unknown) => void,
  ) =>
  (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const refusal = refusalOf(error, onError)
    try {
      onRefused(refusal, request, response)
    } catch (unwritten) {
      // A full disk, say: Express would answer with a page that shows the stack.
      onError(unwritten)
    }
    if (response.headersSent) response.destroy()
    else sendProblem(response, refusal)
  }

const refusalOf = (error: unknown, onError: (error: unknown) => void): Refusal | VerbRefused => {
  if (error instanceof Refusal || error instanceof VerbRefused) return error
  const status = (error as { status?: unknown } | null)?.status
  if (status === 413) {
    return new Refusal('TOO_LARGE', 'The body is larger than anything that this route takes.')
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    // What parsers say quotes what they read: never passed on.
    return new Refusal('BAD_REQUEST', 'The request could not be read: send JSON, and a valid path.')
  }
  onError(error)
  return new Refusal('INTERNAL', 'The coordinator failed at this request: see its log.')
}
