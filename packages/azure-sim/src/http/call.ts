import type { IncomingHttpHeaders } from 'node:http'
import { isDeeper, nestingMax } from '../nesting.ts'

/** A management request, read to its end. */
export interface Call {
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  /** Names and values decoded: Azure's SDKs send `api%2Dversion`. */
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The weather says that this call's token has expired, whatever its dates are. */
  readonly tokenExpired?: boolean
}

/** An answer as a value, so that weather can lose it after its effect. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; no body where absent. */
  readonly body?: unknown
  /** For the witness, not for the caller. */
  readonly note?: { readonly caller?: string; readonly body?: unknown }
}

export type Handler = (call: Call) => Reply | Promise<Reply>

/** The body as a JSON object; `undefined` where it is none, or nested too deep to be answered. */
export function jsonObject(call: Call): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(call.text)
    return isDeeper(value, nestingMax) ? undefined : asObject(value)
  } catch {
    return undefined
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}
