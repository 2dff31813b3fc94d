import { createHmac } from 'node:crypto'
import type { AzureSim } from '../../../packages/azure-sim/src/index.ts'

export interface DataRequest {
  readonly verb?: string
  readonly type: string
  /** What is signed. */
  readonly link: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** In base64; unsigned where it is `null`. */
  readonly key?: string | null
  readonly date?: string
  readonly endpoint?: string
}

export interface DataAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: { readonly code?: string; readonly message?: string }
}

/** The signature as Microsoft publishes it, by no code of the simulator's. */
const authorizationOf = (request: DataRequest, key: string, date: string): string => {
  const { verb = 'GET', type, link } = request
  const text = `${verb.toLowerCase()}\n${type.toLowerCase()}\n${link}\n${date.toLowerCase()}\n\n`
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64')
  return encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
}

/** One request to the account as bytes. The process must trust the simulator (`trust`). */
export const dataRequest = async (sim: AzureSim, request: DataRequest): Promise<DataAnswer> => {
  const { verb = 'GET', path, key = keyOf(sim, 'primary'), body } = request
  const date = request.date ?? new Date().toUTCString()
  const authorization = key === null ? {} : { authorization: authorizationOf(request, key, date) }
  const response = await fetch(new URL(path, request.endpoint ?? sim.endpoint), {
    method: verb,
    headers: { 'x-ms-date': date, ...authorization, ...request.headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, body: text === '' ? {} : JSON.parse(text) }
}

export const keyOf = (
  sim: AzureSim,
  kind: 'primary' | 'secondary' | 'primaryReadonly' | 'secondaryReadonly',
): string => sim.account.shown(kind).key.value
