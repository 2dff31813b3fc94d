import fc from 'fast-check'
import { Pool } from 'undici'
import type { LeakSearch } from './leaks.ts'
import type { FuzzRequest } from './requests.ts'

export interface FuzzOptions {
  readonly url: string
  readonly requests: fc.Arbitrary<FuzzRequest>
  readonly runs: number
  readonly seed: number
  readonly leaks: LeakSearch
  /** An answer that takes longer is a hang, in ms. */
  readonly answerMsMax: number
  /** After each batch: time to learn new secrets, or to tell how far it is. */
  readonly onBatch?: (tally: Tally) => void
}

export interface Tally {
  runs: number
  serverErrors: number
  hangs: number
  leaks: number
  /** Requests by operation and status. */
  readonly answers: Map<string, number>
  /** The first few that should not be, to be sent again. */
  readonly findings: string[]
}

const batch = 500
const inFlight = 24
const findingsMax = 20

/** Sends drawn requests to a target, and judges each answer. */
export const fuzz = async (options: FuzzOptions): Promise<Tally> => {
  const { url, requests, runs, seed } = options
  const tally: Tally = {
    ...{ runs: 0, serverErrors: 0, hangs: 0, leaks: 0 },
    ...{ answers: new Map(), findings: [] },
  }
  const pool = new Pool(url, { connections: inFlight, headersTimeout: 0, bodyTimeout: 0 })
  try {
    for (let from = 0; from < runs; from += batch) {
      const numRuns = Math.min(batch, runs - from)
      const drawn = fc.sample(requests, { seed: seed + from, numRuns })
      const left = [...drawn]
      const worker = async (): Promise<void> => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) {
          await judge(pool, next, options, tally)
        }
      }
      await Promise.all(Array.from({ length: inFlight }, worker))
      options.onBatch?.(tally)
    }
  } finally {
    await pool.destroy()
  }
  return tally
}

const judge = async (
  pool: Pool,
  request: FuzzRequest,
  { leaks, answerMsMax }: FuzzOptions,
  tally: Tally,
): Promise<void> => {
  const over = AbortSignal.timeout(answerMsMax)
  const answer = await send(pool, request, over)
  tally.runs += 1
  const outcome = over.aborted && answer === null ? 'hang' : (answer?.status ?? 'cut off')
  const key = `${request.operation} ${outcome}`
  tally.answers.set(key, (tally.answers.get(key) ?? 0) + 1)
  const finds = (what: 'serverErrors' | 'hangs' | 'leaks'): void => {
    tally[what] += 1
    if (tally.findings.length < findingsMax) tally.findings.push(`${what}: ${shown(request)}`)
  }
  if (outcome === 'hang') finds('hangs')
  if (answer === null) return
  if (answer.status >= 500) finds('serverErrors')
  if (leaks.isIn(answer.bytes)) finds('leaks')
}

interface Answer {
  readonly status: number
  /** Headers and body. */
  readonly bytes: Buffer
}

/** `null`: the connection was closed, or nothing came in time. */
const send = async (
  pool: Pool,
  { method, path, headers, body }: FuzzRequest,
  signal: AbortSignal,
): Promise<Answer | null> => {
  try {
    const sending = { method, path, headers, signal, ...(body === null ? {} : { body }) }
    const response = await pool.request(sending as Parameters<Pool['request']>[0])
    const chunks: Buffer[] = [Buffer.from(JSON.stringify(response.headers))]
    const isStream = String(response.headers['content-type']).startsWith('text/event-stream')
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer)
      // What is there now is there after the first event.
      if (isStream && String(chunk).includes('data:')) break
    }
    return { status: response.statusCode, bytes: Buffer.concat(chunks) }
  } catch {
    return null
  }
}

const shown = ({ method, path, body }: FuzzRequest): string =>
  `${method} ${path.slice(0, 200)} ${body?.slice(0, 400) ?? ''}`
