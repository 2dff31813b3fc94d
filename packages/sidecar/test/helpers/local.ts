import { request } from 'node:http'

export interface LocalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A plain HTTP request over a Unix socket, or to a port of this machine. */
export const ask = (
  where: string | number,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): Promise<LocalAnswer> =>
  new Promise((resolve, reject) => {
    const type =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const outgoing = request({
      ...(typeof where === 'string' ? { socketPath: where } : { host: '127.0.0.1', port: where }),
      agent: false,
      method,
      path,
      headers: { ...type, ...headers },
    })
    outgoing.on('error', reject)
    outgoing.on('response', response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    outgoing.end(body)
  })

export const attachment = (presence: string): string =>
  JSON.stringify({ name: 'app', pid: 1, presence })

export const usage = (sequence: number, change: object = {}): string =>
  JSON.stringify({ sequence, held: null, usage: [], refused: [], ...change })
