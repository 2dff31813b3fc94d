import { says } from '../access.ts'
import { feedCharge } from '../documents/charge.ts'
import type { Container } from '../documents/container.ts'
import { type QuerySpec, runQuery } from '../documents/query-engine.ts'
import type { Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'
import { feedReply, pageSize } from './feed.ts'
import { placeHeaders } from './place.ts'
import { partOf } from './scope.ts'

const everything: QuerySpec = { query: 'SELECT * FROM root', parameters: [] }

const metricNames = [
  'totalExecutionTimeInMs',
  'queryCompileTimeInMs',
  'queryLogicalPlanBuildTimeInMs',
  'queryPhysicalPlanBuildTimeInMs',
  'queryOptimizationTimeInMs',
  'VMExecutionTimeInMs',
  'indexLookupTimeInMs',
  'documentLoadTimeInMs',
  'systemFunctionExecuteTimeInMs',
  'userFunctionExecuteTimeInMs',
]

/** The form in which the SDK reads query metrics; the simulator measures no times. */
const metrics = (retrieved: number, output: number): string =>
  [
    ...metricNames.map(name => `${name}=0.00`),
    `retrievedDocumentCount=${retrieved}`,
    'retrievedDocumentSize=0',
    `outputDocumentCount=${output}`,
    'outputDocumentSize=0',
    'writeOutputTimeInMs=0.00',
    'indexUtilizationRatio=1.00',
  ].join(';')

/** A query over documents, or with no query a read feed: one page of it. */
export function queryRoute(
  container: Container,
  request: CosmosRequest,
  spec: QuerySpec | undefined,
): Reply {
  const { partition, scope, rangeId } = partOf(container, request)
  const documents = container.store.list(partition, request.now)
  const rows = (partition === null ? documents.filter(scope) : documents).map(({ value }) => value)
  const page = runQuery(spec ?? everything, rows, {
    size: pageSize(request),
    continuation: header(request, 'x-ms-continuation'),
  })
  const headers = placeHeaders(container, rangeId, feedCharge(page.items.length))
  if (says(request.headers, 'x-ms-documentdb-populatequerymetrics')) {
    headers['x-ms-documentdb-query-metrics'] = metrics(rows.length, page.items.length)
  }
  return feedReply('Documents', container.rid, page, headers)
}
