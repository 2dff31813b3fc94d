import { type Report, type ReportAnswer, reportAnswerSchema } from '@keyturn/protocol'
import { request } from 'undici'
import { CoordinatorAgent } from './coordinator-agent.ts'
import { bearerOf, type CoordinatorSettings } from './coordinator-settings.ts'

/** Beyond the hold: a coordinator that answers later than this is away. */
const answerWithinMs = 10_000
const answerBytesMax = 64 * 1024

/** The coordinator answered, but not with what it should. */
export class CoordinatorRefusal extends Error {
  override readonly name = 'CoordinatorRefusal'
  readonly code = 'COORDINATOR_REFUSED'
  readonly status: number
  /** The problem's own code, where it gave one. */
  readonly problem: string | null

  constructor(status: number, problem: string | null) {
    super(
      `The coordinator refused a report (HTTP ${status}${problem === null ? '' : `, ${problem}`}): ` +
        'see that URL, name, token or certificate, and account are those of this fleet.',
    )
    this.status = status
    this.problem = problem
  }
}

/** Sends a member's reports. */
export class CoordinatorClient {
  readonly #settings: CoordinatorSettings
  readonly #url: string
  readonly #agent: CoordinatorAgent

  constructor(settings: CoordinatorSettings, member: string) {
    this.#settings = settings
    const base = settings.url.replace(/\/+$/, '')
    this.#url = `${base}/v1/members/${encodeURIComponent(member)}/reports`
    this.#agent = new CoordinatorAgent(settings)
  }

  /** @throws CoordinatorRefusal, SidecarError IDENTITY_UNREADABLE, or the network's own error. */
  async report(report: Report, signal: AbortSignal): Promise<ReportAnswer> {
    const bearer = await bearerOf(this.#settings)
    const { statusCode, body } = await request(this.#url, {
      method: 'POST',
      dispatcher: await this.#agent.current(),
      signal: AbortSignal.any([signal, AbortSignal.timeout(report.holdMs + answerWithinMs)]),
      headers: {
        'content-type': 'application/json',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify(report),
    })
    const text = await bounded(body)
    const json = parseJson(text)
    if (statusCode !== 200) throw new CoordinatorRefusal(statusCode, problemCode(json))
    const answer = reportAnswerSchema.safeParse(json)
    if (!answer.success) throw new CoordinatorRefusal(statusCode, 'ANSWER_NOT_UNDERSTOOD')
    return answer.data
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }
}

const bounded = async (body: AsyncIterable<unknown>): Promise<string> => {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length > answerBytesMax) throw new TypeError('the answer is too long')
  }
  return text
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** A code is a word of our own protocol; anything else is not passed on. */
const problemCode = (json: unknown): string | null => {
  const code = typeof json === 'object' && json !== null ? Reflect.get(json, 'code') : null
  return typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : null
}
