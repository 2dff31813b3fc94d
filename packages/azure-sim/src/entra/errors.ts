import { randomUUID } from 'node:crypto'
import type { Reply } from '../http/call.ts'

/** An error as Entra's token endpoint writes it (published as "AADSTS error codes"). */
export function entraError(
  status: number,
  error: string,
  code: number,
  description: string,
  now: number,
): Reply {
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`
  const [traceId, correlationId] = [randomUUID(), randomUUID()]
  return {
    status,
    headers: { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' },
    body: {
      error,
      error_description:
        `AADSTS${code}: ${description} Trace ID: ${traceId} Correlation ID: ${correlationId} ` +
        `Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  }
}
