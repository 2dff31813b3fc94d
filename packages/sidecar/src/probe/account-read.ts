import { type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { authorizationHeader, classifyAnswer, type Verdict } from '@keyturn/core'

/** What one account read said of a key. */
export type AccountRead =
  | { readonly is: 'answered'; readonly verdict: Verdict; readonly regions: readonly string[] }
  /** Nothing is known of the key: the network failed, or the answer was no answer. */
  | { readonly is: 'failed'; readonly reason: string }

export interface Credentials {
  /** The signature in base64, of exactly this date. */
  readonly signature: string
  /** RFC 1123. */
  readonly date: string
}

export interface ReadOptions extends Credentials {
  /** PEM; beside none, the process's own trust counts. */
  readonly ca: string | readonly string[] | undefined
  readonly timeoutMs: number
}

/** An account resource is a few kilobytes. */
const answerBytesMax = 256 * 1024
const apiVersion = '2018-12-31'

/** `GET /` on a connection of its own: a kept one may end in a gateway that has not heard yet. */
export const readAccount = async (endpoint: string, options: ReadOptions): Promise<AccountRead> => {
  try {
    const { response, text } = await get(endpoint, options)
    const substatus = Number(response.headers['x-ms-substatus'] ?? Number.NaN)
    const verdict = classifyAnswer({
      status: response.statusCode ?? 0,
      substatus: Number.isNaN(substatus) ? null : substatus,
      text,
    })
    const regions = verdict.kind === 'accepted' ? regionsOf(text) : []
    return { is: 'answered', verdict, regions }
  } catch (error) {
    return { is: 'failed', reason: nameOf(error) }
  }
}

const get = async (
  endpoint: string,
  { signature, date, ca, timeoutMs }: ReadOptions,
): Promise<{ response: IncomingMessage; text: string }> => {
  const url = new URL(endpoint)
  const send = url.protocol === 'http:' ? plain : secure
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = send(url, {
    agent: false,
    ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      accept: 'application/json',
      authorization: authorizationHeader(signature),
      'x-ms-date': date,
      'x-ms-version': apiVersion,
    },
  })
  outgoing.on('error', reject)
  outgoing.on('response', resolve)
  outgoing.end()
  const response = await promise
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) {
    text += chunk
    if (text.length > answerBytesMax) throw new TypeError('the answer is too long')
  }
  return { response, text }
}

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** The regional endpoints that an account resource advertises, each once. */
const regionsOf = (text: string): readonly string[] => {
  const account: unknown = JSON.parse(text)
  if (typeof account !== 'object' || account === null) return []
  const lists = [
    Reflect.get(account, 'writableLocations'),
    Reflect.get(account, 'readableLocations'),
  ]
  const endpoints = lists
    .filter(Array.isArray)
    .flat()
    .map((location: unknown) =>
      typeof location === 'object' && location !== null
        ? Reflect.get(location, 'databaseAccountEndpoint')
        : undefined,
    )
  return [...new Set(endpoints.filter(endpoint => typeof endpoint === 'string'))]
}
