import { type Problem, problemContentType } from '@keyturn/protocol'
import type { NextFunction, Request, Response } from 'express'

/** An answer that a client can act on: a stable code and one sentence (RFC 9457). */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly blockers: readonly unknown[] | undefined

  constructor(status: number, code: string, sentence: string, blockers?: readonly unknown[]) {
    super(sentence)
    this.status = status
    this.code = code
    this.blockers = blockers
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Content too large',
}

export const sendProblem = (response: Response, refusal: Refusal): void => {
  const { status, code, message, blockers } = refusal
  const problem: Problem = {
    type: 'about:blank',
    title: titles[status] ?? 'Error',
    status,
    code,
    detail: message,
    ...(blockers ? { blockers: [...blockers] } : {}),
  }
  response.status(status).type(problemContentType).send(JSON.stringify(problem))
}

/** The last handler: bad input is answered, never shown a stack. */
export const problems =
  (onError: (error: unknown) => void) =>
  (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) next(error)
    else sendProblem(response, refusalOf(error, onError))
  }

const refusalOf = (error: unknown, onError: (error: unknown) => void): Refusal => {
  if (error instanceof Refusal) return error
  const status = (error as { status?: unknown } | null)?.status
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const sentence = 'The request could not be read: send JSON of at most 1 MB.'
    return new Refusal(status, 'BAD_REQUEST', sentence)
  }
  onError(error)
  return new Refusal(500, 'INTERNAL', 'The coordinator failed: see its log.')
}
