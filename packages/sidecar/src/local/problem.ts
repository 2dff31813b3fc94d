import type { ServerResponse } from 'node:http'
import { type Problem, problemContentType } from '@keyturn/protocol'
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

/** Answers whatever a handler threw. */
export const answerProblem = (response: ServerResponse, code: ProblemCode): void => {
  if (response.headersSent) response.destroy()
  else response.writeHead(problems[code].status, problemHeaders(code)).end(printProblem(code))
}

export const codeFor = (error: unknown): ProblemCode => {
  if (error instanceof Refused) return error.code
  return error instanceof SidecarError ? 'CLIENT_NOT_RECORDED' : 'INTERNAL'
}
