import { type Problem, problemContentType } from '@keyturn/protocol'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { SidecarError } from '../error.ts'
import { type Known, type ProblemCode, problems, Refused } from './refused.ts'

/** Between two tries of a client that was told to wait, in seconds. */
const retryAfterSeconds = 1

const sendProblem = (response: Response, code: ProblemCode): void => {
  const known: Known = problems[code]
  const body: Problem = {
    type: `urn:keyturn:problem:${code}`,
    title: known.title,
    status: known.status,
    code,
    detail: known.detail,
  }
  if (known.status === 503) response.setHeader('retry-after', String(retryAfterSeconds))
  response.status(known.status).type(problemContentType).send(JSON.stringify(body))
}

export const notFound: RequestHandler = () => {
  throw new Refused('NOT_FOUND')
}

/** Answers whatever a route threw. Messages of parsers quote what they read: never passed on. */
export const lastResort =
  (onInternal: (error: unknown) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const code = codeFor(error)
    if (code === 'INTERNAL') onInternal(error)
    if (response.headersSent) response.destroy()
    else sendProblem(response, code)
  }

const codeFor = (error: unknown): ProblemCode => {
  if (error instanceof Refused) return error.code
  if (error instanceof SidecarError) return 'CLIENT_NOT_RECORDED'
  return isBadInput(error) ? 'BAD_REQUEST' : 'INTERNAL'
}

const isBadInput = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500
