// The measured clients' other end: an account of one region on plain node:https and node:http that
// verifies every signature by the published rule, and does as little else as it can.

import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Answer, answerTo, serviceHeaders } from './answers.ts'

const authorizationForm = /^type=master&ver=1\.0&sig=([A-Za-z0-9+/]{43}=)$/

/** Type and link that a path must be signed for. */
export const signedFor = (path: string): { readonly type: string; readonly link: string } => {
  const parts = decodeURIComponent(path).split('/').filter(Boolean)
  if (parts.length === 0) return { type: '', link: '' }
  return parts.length % 2 === 1
    ? { type: parts.at(-1) ?? '', link: parts.slice(0, -1).join('/') }
    : { type: parts.at(-2) ?? '', link: parts.join('/') }
}

interface Checked {
  /** The key that signed the request; `null`: none that lives. */
  readonly key: string | null
  /** What the service would have had it sign. */
  readonly payload: string
}

const check = (request: IncomingMessage, keys: Iterable<[string, KeyObject]>): Checked => {
  const { type, link } = signedFor(request.url ?? '/')
  const date = `${request.headers['x-ms-date']}`.toLowerCase()
  const payload = `${request.method?.toLowerCase()}\n${type.toLowerCase()}\n${link}\n${date}\n\n`
  const given = authorizationForm.exec(decodeURIComponent(request.headers.authorization ?? ''))?.[1]
  const signature = Buffer.from(given ?? '', 'base64')
  for (const [name, key] of keys) {
    const expected = createHmac('sha256', key).update(payload).digest()
    if (signature.length === expected.length && timingSafeEqual(signature, expected)) {
      return { key: name, payload }
    }
  }
  return { key: null, payload }
}

const refused = (payload: string): string =>
  JSON.stringify({
    code: 'Unauthorized',
    message:
      "The input authorization token can't serve the request. The wrong key is being used or the " +
      `expected payload is not built as per the protocol. Server used the following payload to sign: '${payload}'`,
  })

export class Account {
  readonly #keys = new Map<string, KeyObject>()
  /** Requests refused with 401 since the start. */
  refused = 0
  /** The same, of the account itself. */
  refusedAccountReads = 0
  served = 0
  /** Told of each request that was accepted. */
  onAccepted: (key: string, path: string) => void = () => undefined

  constructor(keys: readonly string[]) {
    this.setKeys(keys)
  }

  /** From now on, these and no others are accepted. */
  setKeys(keys: readonly string[]): void {
    this.#keys.clear()
    for (const key of keys) this.#keys.set(key, createSecretKey(key, 'base64'))
  }

  /** @param endpoint where the account says that it is, as clients of this listener reach it. */
  listener(endpoint: () => string): RequestListener {
    return (request, response) => {
      if (request.method === 'GET') return this.#answer(request, response, endpoint(), '')
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const [first] = chunks
        const whole = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)
        this.#answer(request, response, endpoint(), whole)
      })
    }
  }

  #answer(
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: string,
    body: Buffer | '',
  ): void {
    const { key, payload } = check(request, this.#keys)
    if (key !== null) {
      this.served += 1
      const { method = '', url = '/', headers } = request
      this.onAccepted(key, url)
      write(response, answerTo({ method, path: url, headers, body, endpoint }))
    } else {
      if (request.url === '/') this.refusedAccountReads += 1
      else this.refused += 1
      write(response, { status: 401, text: refused(payload), headers: {} })
    }
  }
}

const write = (response: ServerResponse, { status, text, headers }: Answer): void => {
  response.sendDate = false
  response.writeHead(status, {
    ...serviceHeaders,
    ...headers,
    'content-length': `${Buffer.byteLength(text)}`,
  })
  response.end(text)
}
