// What the benchmark's account says, once a signature is verified. Documents are made beforehand:
// the time goes into what every client pays for, not into a database.

import type { IncomingHttpHeaders } from 'node:http'

export interface Question {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer | ''
  readonly endpoint: string
}

export interface Answer {
  readonly status: number
  readonly text: string | Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** As many headers, of the same sizes, as the service's gateway puts on an answer. */
export const serviceHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store, no-cache',
  pragma: 'no-cache',
  'content-type': 'application/json',
  server: 'Microsoft-HTTPAPI/2.0',
  'strict-transport-security': 'max-age=31536000',
  'x-ms-last-state-change-utc': 'Mon, 23 Nov 2026 00:00:00.000 GMT',
  etag: '"00000000-0000-0000-0000-000000000000"',
  'x-ms-resource-quota': 'documentSize=51200;documentsSize=52428800;documentsCount=-1;',
  'x-ms-resource-usage': 'documentSize=0;documentsSize=1;documentsCount=100;collectionSize=1;',
  'x-ms-schemaversion': '1.18',
  lsn: '1042',
  'x-ms-request-charge': '1',
  'x-ms-alt-content-path': 'dbs/bench/colls/items',
  'x-ms-content-path': 'Sl8fALN4sw4=',
  'x-ms-quorum-acked-lsn': '1041',
  'x-ms-current-write-quorum': '3',
  'x-ms-current-replica-set-size': '4',
  'x-ms-xp-role': '1',
  'x-ms-global-committed-lsn': '1041',
  'x-ms-number-of-read-regions': '0',
  'x-ms-transport-request-id': '42',
  'x-ms-cosmos-llsn': '1042',
  'x-ms-session-token': '0:-1#1042',
  'x-ms-serviceversion': 'version=2.14.0.0',
  'x-ms-activity-id': '00000000-0000-0000-0000-000000000000',
  'x-ms-gatewayversion': '2.0.0',
  date: 'Mon, 23 Nov 2026 00:00:00 GMT',
}

const none: Readonly<Record<string, string>> = {}
const isQuery = 'x-ms-documentdb-isquery'
const isPlan = 'x-ms-cosmos-is-query-plan-request'
const continuation = 'x-ms-continuation'

/** Pages of a query, and documents on each. */
export const pages = 10
export const documentsPerPage = 10

/** A document of so many bytes as JSON. */
export const documentOf = (id: string, bytes: number): Record<string, unknown> => {
  const document = { id, pk: 'p', customer: 'customer-42', total: 4200, note: '' }
  return { ...document, note: 'x'.repeat(Math.max(0, bytes - JSON.stringify(document).length)) }
}

const system = {
  _rid: 'Sl8fALN4sw4BAAAAAAAAAA==',
  _self: 'dbs/Sl8fAA==/colls/Sl8fALN4sw4=/docs/Sl8fALN4sw4BAAAAAAAAAA==/',
  _etag: '"00000000-0000-0000-0000-000000000000"',
  _attachments: 'attachments/',
  _ts: 1_795_392_000,
}

const tail = JSON.stringify({ ...documentOf('', 800), ...system }).slice('{"id":""'.length)

/** One kilobyte, with the id that was asked for. */
const documentText = (id: string): string => `{"id":${JSON.stringify(id)}${tail}`

const page = JSON.stringify({
  _rid: system._rid,
  Documents: Array.from({ length: documentsPerPage }, (_, nth) => ({
    ...documentOf(`item-${nth}`, 800),
    ...system,
  })),
  _count: documentsPerPage,
})

const container = JSON.stringify({
  id: 'items',
  partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 },
  ...system,
})

const ranges = JSON.stringify({
  _rid: system._rid,
  PartitionKeyRanges: [
    { id: '0', minInclusive: '', maxExclusive: 'FF', status: 'online', ...system },
  ],
  _count: 1,
})

const plan = JSON.stringify({
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {
    distinctType: 'None',
    top: null,
    offset: null,
    limit: null,
    orderBy: [],
    orderByExpressions: [],
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: '',
    hasSelectValue: false,
    hasNonStreamingOrderBy: false,
  },
  queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
})

const accountText = (endpoint: string): string => {
  const here = { name: 'Here', databaseAccountEndpoint: endpoint }
  return JSON.stringify({
    _self: '',
    id: 'bench',
    writableLocations: [here],
    readableLocations: [here],
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
  })
}

/** The answer to a request whose signature was right. */
export const answerTo = ({ method, path, headers, body, endpoint }: Question): Answer => {
  const parts = path.split('/').filter(Boolean)
  if (parts.length === 0) return { status: 200, text: accountText(endpoint), headers: none }
  if (parts.at(-1) === 'pkranges') {
    // An incremental feed: the second read of it finds nothing new.
    return headers['if-none-match']
      ? { status: 304, text: '', headers: none }
      : { status: 200, text: ranges, headers: none }
  }
  if (parts[4] !== 'docs') return { status: 200, text: container, headers: none }
  if (method === 'GET') {
    return { status: 200, text: documentText(decodeURIComponent(parts[5] ?? '')), headers: none }
  }
  if (headers[isPlan]) return { status: 200, text: plan, headers: none }
  if (!headers[isQuery]) return { status: 200, text: body, headers: none }
  const next = Number(headers[continuation] ?? 0) + 1
  return { status: 200, text: page, headers: next < pages ? { [continuation]: `${next}` } : none }
}
