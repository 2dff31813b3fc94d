import {
  acknowledgementSchema,
  clientAttachSchema,
  clientUsageSchema,
  healthSchema,
  keysetDocumentSchema,
  readinessSchema,
} from '@keyturn/protocol'
import type { ProblemCode } from './refused.ts'

type Schema = Parameters<typeof import('@keyturn/protocol').jsonSchemaOf>[0]

/** One thing that may be asked of the local API. Routes and their description are made of it. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete'
  /** With `{id}` where a client's id stands. */
  readonly path: string
  readonly summary: string
  /** What the body has to be. */
  readonly body?: Schema
  /** Whether the header `keyturn-client` names who asks. */
  readonly ofClient?: boolean
  readonly answer: {
    readonly status: 200 | 204
    readonly type?: string
    readonly schema?: Schema
  }
  /** Besides those that every request may meet. */
  readonly refusals: readonly ProblemCode[]
}

const notServed = ['NO_KEYSET', 'NOT_JOINED', 'BELOW_FLOOR'] as const

export const operations = {
  getHealth: {
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    answer: { status: 200, type: 'application/json', schema: healthSchema },
    refusals: [],
  },
  getReadiness: {
    method: 'get',
    path: '/readyz',
    summary: 'Whether a client that attaches now is handed a keyset that is not stale',
    answer: { status: 200, type: 'application/json', schema: readinessSchema },
    refusals: [...notServed, 'KEYSET_STALE'],
  },
  getMetrics: {
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    answer: { status: 200, type: 'text/plain' },
    refusals: [],
  },
  getDescription: {
    method: 'get',
    path: '/openapi.json',
    summary: 'This description',
    answer: { status: 200, type: 'application/json' },
    refusals: [],
  },
  getKeyset: {
    method: 'get',
    path: '/v1/keyset',
    summary: 'The keyset; with cache-control: no-cache the source is asked first',
    ofClient: true,
    answer: { status: 200, type: 'application/json', schema: keysetDocumentSchema },
    refusals: ['CLIENT_UNKNOWN', 'CLIENT_NOT_RECORDED', 'CLIENT_PASSIVE', ...notServed],
  },
  followKeyset: {
    method: 'get',
    path: '/v1/keyset/stream',
    summary: 'Server-sent events, each a keyset; resumes by last-event-id',
    ofClient: true,
    answer: { status: 200, type: 'text/event-stream' },
    refusals: ['CLIENT_UNKNOWN', 'CLIENT_NOT_RECORDED', 'CLIENT_PASSIVE'],
  },
  attach: {
    method: 'put',
    path: '/v1/clients/{id}',
    summary: 'Attaches a client, before it is handed its first keyset',
    body: clientAttachSchema,
    answer: { status: 204 },
    refusals: ['CLIENT_ID_TAKEN', 'CLIENT_PASSIVE', 'TOO_MANY_CLIENTS', 'CLIENT_NOT_RECORDED'],
  },
  goodbye: {
    method: 'delete',
    path: '/v1/clients/{id}',
    summary: 'Lets a client go that has nothing in flight',
    body: clientUsageSchema,
    answer: { status: 204 },
    refusals: ['CLIENT_UNKNOWN', 'CLIENT_IN_FLIGHT', 'CLIENT_PASSIVE', 'CLIENT_NOT_RECORDED'],
  },
  sample: {
    method: 'post',
    path: '/v1/clients/{id}/usage',
    summary: 'One sample of what a client holds and uses',
    body: clientUsageSchema,
    answer: { status: 204 },
    refusals: ['CLIENT_UNKNOWN', 'CLIENT_PASSIVE'],
  },
  acknowledge: {
    method: 'post',
    path: '/v1/clients/{id}/ack',
    summary: 'Says that the consumer of a rendered file has loaded a version of it',
    body: acknowledgementSchema,
    answer: { status: 204 },
    refusals: ['CLIENT_UNKNOWN', 'NOT_RENDERED'],
  },
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof operations
