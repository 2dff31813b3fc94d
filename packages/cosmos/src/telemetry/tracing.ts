import type { PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline'
import type { Fingerprint } from '@keyturn/core'
import type { Signed } from '@keyturn/keyring'
import {
  context,
  ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { type Ticket, ticketNames } from '../engine/ticket.ts'
import { scope } from './scope.ts'

/** What an attempt tells its span. */
export interface AttemptTrace {
  signed(begun: Signed): void
  refused(fingerprint: Fingerprint): void
  /** For a first or a fresh keyset. */
  waits(): void
}

/**
 * The tracer that the application has registered, or `null`, for which no span is ever made.
 * Asked at each attempt, since a provider may be registered after the client was built: a look at
 * one global, tens of nanoseconds.
 */
export const tracerNow = (): Tracer | null => {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return provider.getTracer(scope)
  return provider.getDelegateTracer(scope) ?? null
}

export interface TracedRequest {
  readonly request: PipelineRequest
  readonly ticket: Ticket
  readonly endpoint: string
}

/**
 * One span per attempt of the SDK, whatever repetitions it takes: `keyturn.attempt`, a child of
 * the caller's span. Keys appear as fingerprints; ids of items do not appear.
 */
export const traced = (
  tracer: Tracer,
  { request, ticket, endpoint }: TracedRequest,
  run: (trace: AttemptTrace | null) => Promise<PipelineResponse>,
): Promise<PipelineResponse> => {
  const span = tracer.startSpan('keyturn.attempt', { kind: SpanKind.CLIENT })
  const spanTrace = span.isRecording() ? new SpanTrace(span) : null
  if (spanTrace) span.setAttributes(requestAttributes(request, ticket, endpoint))
  return context.with(trace.setSpan(context.active(), span), async () => {
    try {
      const response = await run(spanTrace)
      ended(span, response)
      return response
    } catch (error) {
      failed(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

class SpanTrace implements AttemptTrace {
  readonly #span: Span
  #sends = 0

  constructor(span: Span) {
    this.#span = span
  }

  signed({ fingerprint, slot, version }: Signed): void {
    this.#sends += 1
    this.#span.setAttributes({
      'keyturn.key.fingerprint': fingerprint,
      'keyturn.key.slot': slot,
      'keyturn.keyset.version': version,
      'keyturn.attempt.sends': this.#sends,
    })
  }

  refused(fingerprint: Fingerprint): void {
    this.#span.addEvent('keyturn.refused', { 'keyturn.key.fingerprint': fingerprint })
  }

  waits(): void {
    this.#span.addEvent('keyturn.waits')
  }
}

/** OpenTelemetry's names for a database client, where it has one. */
const requestAttributes = (request: PipelineRequest, ticket: Ticket, endpoint: string) => {
  const { hostname, port, protocol } = new URL(endpoint)
  const { operation, database, container } = ticketNames(ticket)
  return {
    'db.system.name': 'azure.cosmosdb',
    'db.operation.name': operation,
    ...(database === null ? {} : { 'db.namespace': database }),
    ...(container === null ? {} : { 'db.collection.name': container }),
    'server.address': hostname,
    'server.port': port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    'http.request.method': request.method,
  }
}

const ended = (span: Span, { status, headers }: PipelineResponse): void => {
  if (!span.isRecording()) return
  span.setAttribute('http.response.status_code', status)
  const substatus = headers.get('x-ms-substatus')
  if (substatus !== undefined) {
    span.setAttribute('azure.cosmosdb.response.sub_status_code', Number(substatus))
  }
  if (status < 400) return
  span.setAttribute('error.type', String(status))
  span.setStatus({ code: SpanStatusCode.ERROR })
}

const failed = (span: Span, error: unknown): void => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const name = error instanceof Error ? error.name : 'unknown'
  span.setAttribute('error.type', typeof code === 'string' ? code : name)
  span.setStatus({ code: SpanStatusCode.ERROR })
}
