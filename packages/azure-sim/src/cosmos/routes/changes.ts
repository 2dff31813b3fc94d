import { readChanges, startOf } from '../documents/change-feed.ts'
import { feedCharge } from '../documents/charge.ts'
import type { Container } from '../documents/container.ts'
import * as errors from '../errors.ts'
import { jsonReply, type Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'
import { pageSize } from './feed.ts'
import { placeHeaders } from './place.ts'
import { partOf } from './scope.ts'

/** One page of the change feed: 200, or 304 where nothing is new; the etag says where to go on. */
export function changesRoute(container: Container, request: CosmosRequest): Reply {
  const mode = header(request, 'a-im')?.toLowerCase()
  if (mode !== 'incremental feed') {
    throw errors.notSupported('Change feeds other than of the latest version')
  }
  const { scope, rangeId } = partOf(container, request)
  const start = startOf(header(request, 'if-none-match'), header(request, 'if-modified-since'))
  const page = { size: pageSize(request), now: request.now }
  const { documents, lsn } = readChanges(container, start, scope, page)
  const count = documents.length
  const headers = {
    ...placeHeaders(container, rangeId, feedCharge(count)),
    etag: `"${lsn}"`,
    'x-ms-item-count': `${count}`,
  }
  if (count === 0) return { status: 304, headers, body: undefined }
  const items = documents.map(document => ({ ...document.value, _lsn: document.lsn }))
  return jsonReply(200, { _rid: container.rid, Documents: items, _count: count }, headers)
}
