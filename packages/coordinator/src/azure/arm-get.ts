import { request } from 'node:https'
import type { TokenCredential } from '@azure/core-auth'

export const publicArm = 'https://management.azure.com'
const answerBytesMax = 1024 * 1024

export interface ArmAnswer {
  readonly status: number
  /** ISO names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** `NaN`: the answer has no date. */
  readonly date: number
  readonly body: string
}

export interface ArmPlace {
  readonly credential: TokenCredential
  /** Of another cloud, or of an embedded Azure; public Azure by default. */
  readonly endpoint?: string | undefined
  /** The longest that one question may take. */
  readonly withinMs?: number
}

/**
 * Asks ARM for what its package has no words for: previews that it drops, and other providers'.
 * @param path with its query
 * @throws where nothing answers, or no token is to be had
 */
export const armGet = async (
  path: string,
  { credential, endpoint = publicArm, withinMs = 60_000 }: ArmPlace,
): Promise<ArmAnswer> => {
  const signal = AbortSignal.timeout(withinMs)
  const token = await credential.getToken(`${endpoint}/.default`, { abortSignal: signal })
  if (token === null) throw new Error('CREDENTIAL_MISSING: no token for Azure Resource Manager')
  return get(`${endpoint}${path}`, { authorization: `Bearer ${token.token}` }, signal)
}

/** @throws where nothing answers */
export const get = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ArmAnswer> =>
  new Promise((resolve, reject) => {
    // On a connection of its own: it is asked rarely, and keeps no process alive.
    const options = { headers: { accept: 'application/json', ...headers }, signal, agent: false }
    const sent = request(url, options)
    sent.on('error', reject)
    sent.on('response', response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > answerBytesMax) response.destroy(new Error('the answer is too long'))
      })
      response.on('error', reject)
      response.on('end', () => {
        const date = Date.parse(response.headers.date ?? '')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, date, body })
      })
    })
    sent.end()
  })
