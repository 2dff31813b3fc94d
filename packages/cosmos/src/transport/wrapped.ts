import type { HttpClient } from '@azure/core-rest-pipeline'
import type { Transport } from './transport.ts'

/**
 * A caller's own `httpClient`, or the SDK's default one with the caller's `agent`.
 * It is the caller's: closing the client leaves it open.
 */
export const wrappedTransport = (httpClient: HttpClient, connections: number): Transport => ({
  connections,
  async send(request, signature) {
    if (signature) {
      request.headers.set('authorization', signature.authorization)
      request.headers.set('x-ms-date', signature.date)
    }
    return httpClient.sendRequest(request)
  },
  async close() {},
})
