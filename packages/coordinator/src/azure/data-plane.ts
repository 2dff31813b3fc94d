import { createHmac } from 'node:crypto'
import { request } from 'node:https'
import {
  authorizationHeader,
  classifyAnswer,
  type SecretKey,
  type SignedRequest,
  signedPrefix,
  stringToSign,
  type Verdict,
} from '@keyturn/core'

/** A request that takes longer says nothing about the key: the region is asked again. */
const answerWithinMs = 10_000
const answerBytesMax = 64 * 1024

export interface DataRequest extends SignedRequest {
  /** Of the URL, percent-encoded. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface DataAnswer {
  readonly status: number
  readonly substatus: number | null
  readonly text: string
  readonly verdict: Verdict
}

/**
 * Sends one request under the key, on a connection of its own: a kept one may end in a gateway
 * that has not heard of a new key yet (PROTOCOL, P6). A clock of ours that is off is no word about
 * the key: the request is repeated once by the server's.
 * @throws where nothing answers.
 */
export const askDataPlane = async (
  endpoint: string,
  key: SecretKey,
  asked: DataRequest,
  now: () => number,
): Promise<DataAnswer> => {
  const answer = await send(endpoint, key, asked, new Date(now()).toUTCString())
  const { verdict } = answer
  return verdict.kind === 'clock-skew' && verdict.serverTime !== null
    ? send(endpoint, key, asked, verdict.serverTime)
    : answer
}

const send = (
  endpoint: string,
  key: SecretKey,
  asked: DataRequest,
  date: string,
): Promise<DataAnswer> =>
  new Promise((resolve, reject) => {
    const sent = request(new URL(asked.path, endpoint), {
      agent: false,
      method: asked.verb.toUpperCase(),
      signal: AbortSignal.timeout(answerWithinMs),
      headers: {
        accept: 'application/json',
        'x-ms-version': '2018-12-31',
        ...asked.headers,
        authorization: authorizationHeader(sign(key, asked, date)),
        'x-ms-date': date,
      },
    })
    sent.on('error', reject)
    sent.on('response', response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text = (text + chunk).slice(0, answerBytesMax)
      })
      response.on('error', reject)
      response.on('end', () => {
        const said = response.headers['x-ms-substatus']
        const substatus = said === undefined ? null : Number(said)
        const answer = { status: response.statusCode ?? 0, substatus, text }
        resolve({ ...answer, verdict: classifyAnswer(answer) })
      })
    })
    sent.end(asked.body)
  })

const sign = (key: SecretKey, asked: SignedRequest, date: string): string =>
  createHmac('sha256', Buffer.from(key.reveal(), 'base64'))
    .update(stringToSign(signedPrefix(asked), date))
    .digest('base64')
