import { type Problem, problemContentType } from '@keyturn/protocol'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { SidecarError } from '../error.ts'
import { type Known, type ProblemCode, problems, Refused } from './refused.ts'

/** Between two tries of a client that was told to wait, in seconds. */
const retryAfterSeconds = 1

export const problemHeaders = (code: ProblemCode): Record<string, string> => ({
  'content-type': problemContentType,
  'content-length': `${Buffer.byteLength(printProblem(code))}`,
  'cache-control': 'no-store',
  ...(problems[code].status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {}),
})

export const printProblem = (code: ProblemCode): string => {
  const { status, title, detail }: Known = problems[code]
  const type = `urn:keyturn:problem:${code}`
  return JSON.stringify({ type, title, status, code, detail } satisfies Problem)
}

export const notFound: RequestHandler = () => {
  throw new Refused('NOT_FOUND')
}

/** Answers whatever a route threw. Messages of parsers quote what they read: never passed on. */
export const lastResort =
  (onRefused: (code: ProblemCode, error: unknown) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const code = codeFor(error)
    onRefused(code, error)
    if (response.headersSent) response.destroy()
    else response.writeHead(problems[code].status, problemHeaders(code)).end(printProblem(code))
  }

const codeFor = (error: unknown): ProblemCode => {
  if (error instanceof Refused) return error.code
  if (error instanceof SidecarError) return 'CLIENT_NOT_RECORDED'
  const status = statusOf(error)
  if (status === 413) return 'TOO_LARGE'
  return status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL'
}

/** Parsers of the framework say by a status that the request is at fault. */
const statusOf = (error: unknown): number =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number'
    ? error.status
    : 500
