import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AccountKey } from '../../../src/account/types.ts'
import { sign, stringToSign } from '../../../src/cosmos/signature.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { code?: string; message?: string; [name: string]: unknown }
}

export interface RawRequest {
  readonly verb?: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** Sends one request as it is; rejects where the connection breaks. */
export function raw(endpoint: string, { verb = 'GET', path, headers, body }: RawRequest) {
  return new Promise<RawAnswer>((resolve, reject) => {
    const url = new URL(endpoint)
    // Said aloud, since Node frames no body of a DELETE by itself.
    const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` }
    const options = {
      host: url.hostname,
      port: url.port,
      method: verb,
      path,
      headers: { ...headers, ...length },
      agent: false,
    }
    const sent = httpRequest(options, answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const status = answer.statusCode ?? 0
        const parsed = text === '' ? {} : JSON.parse(text)
        resolve({ status, headers: answer.headers, text, body: parsed })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export interface ToSign {
  readonly verb?: string
  readonly type: string
  readonly link: string
  readonly date?: string
}

/** The two headers of a signed request. */
export function signed(key: AccountKey, { verb = 'GET', type, link, date }: ToSign) {
  const at = date ?? new Date().toUTCString()
  const text = stringToSign({ verb, resourceType: type, resourceLink: link, date: at })
  return { 'x-ms-date': at, authorization: authorizationOf(key, text) }
}

/** The same with `date` in the place of `x-ms-date`: it is signed in a line of its own. */
export function signedByDate(key: AccountKey, { verb = 'GET', type, link, date }: ToSign) {
  const at = date ?? new Date().toUTCString()
  const signed = { verb, resourceType: type, resourceLink: link, date: '', plainDate: at }
  return { date: at, authorization: authorizationOf(key, stringToSign(signed)) }
}

function authorizationOf(key: AccountKey, text: string): string {
  const signature = sign(text, key.secret).toString('base64')
  return encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
}
