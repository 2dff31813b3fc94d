// What a good user writes who has heard that the SDK's default HTTP client is slow: undici's own
// `request` on a keep-alive pool, with the SDK's error codes where they are easy to have.

import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline'
import { Agent, type Dispatcher } from 'undici'

const plainHeaders = (headers: PipelineRequest['headers']): Record<string, string> => {
  const { connection, ...rest } = headers.toJSON()
  return rest
}

const received = (headers: Dispatcher.ResponseData['headers']) =>
  createHttpHeaders(
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? (value[0] ?? '') : (value ?? ''),
      ]),
    ),
  )

export const tunedHttpClient = (connections: number): HttpClient => {
  const dispatcher = new Agent({ connections, pipelining: 1, keepAliveTimeout: 60_000 })
  return {
    async sendRequest(request) {
      const { origin, pathname, search } = new URL(request.url)
      try {
        const response = await dispatcher.request({
          origin,
          path: `${pathname}${search}`,
          method: request.method as Dispatcher.HttpMethod,
          headers: plainHeaders(request.headers),
          body: (request.body ?? null) as string | null,
          signal: request.abortSignal as AbortSignal,
        })
        return {
          request,
          status: response.statusCode,
          headers: received(response.headers),
          bodyAsText: await response.body.text(),
        }
      } catch (error) {
        if (!(error instanceof Error) || error.name === 'AbortError') throw error
        const code = 'code' in error ? String(error.code) : RestError.REQUEST_SEND_ERROR
        throw new RestError(error.message, { request, code })
      }
    },
  }
}
