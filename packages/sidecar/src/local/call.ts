import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refused } from './refused.ts'

/** One request to the local API, and where its answer goes. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What stands in the path where the route has `{id}`. */
  readonly id: string | undefined
  /** What was sent as JSON, where the operation takes a body. */
  readonly body: unknown
}

/** Answers, or throws `Refused`. */
export type Handler = (call: Call) => Promise<void> | void

/** A header's one value. */
export const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

export const reply = (response: ServerResponse, type: string, text: string): void => {
  response.setHeader('content-type', type)
  response.end(text)
}

export const replyJson = (response: ServerResponse, value: unknown): void =>
  reply(response, 'application/json', JSON.stringify(value))

/** A sample is a few hundred bytes; 16 keys and 64 refusals fit many times over. */
const bodyBytesMax = 64 * 1024

const isPlainJson = (request: IncomingMessage): boolean =>
  /^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '') &&
  request.headers['content-encoding'] === undefined

/** @throws Refused BAD_REQUEST, TOO_LARGE */
export const readJson = async (request: IncomingMessage): Promise<unknown> => {
  if (!isPlainJson(request)) throw new Refused('BAD_REQUEST')
  const text = await readText(request)
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused('BAD_REQUEST')
  }
}

/** By its events: to leave a loop over the stream would end the connection, and so the answer. */
const readText = (request: IncomingMessage): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
    else reject(new Refused('TOO_LARGE'))
  })
  request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  request.on('error', () => reject(new Refused('BAD_REQUEST')))
  request.on('close', () => reject(new Refused('BAD_REQUEST')))
  return promise
}
