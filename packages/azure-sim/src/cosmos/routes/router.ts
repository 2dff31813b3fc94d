import type { Catalogue } from '../catalogue/catalogue.ts'
import { isScriptKind } from '../catalogue/scripts.ts'
import * as errors from '../errors.ts'
import type { Json } from '../json.ts'
import { seenBy } from '../replication/reading.ts'
import { jsonReply, type Reply } from '../reply.ts'
import type { CosmosRequest } from '../request.ts'
import { documentRoute, documentsRoute, partitionDeleteRoute } from './documents.ts'
import {
  containerRoute,
  containersRoute,
  databaseRoute,
  databasesRoute,
  rangesRoute,
} from './metadata.ts'
import { offerRoute, offersRoute } from './offers.ts'
import { scriptsRoute } from './scripts.ts'
import { usersRoute } from './users.ts'

/** What the service has under a database or container and the simulator has not. */
const absent: Readonly<Record<string, string>> = {
  clientencryptionkeys: 'Client encryption keys',
  attachments: 'Attachments',
}

/** Serves an authenticated request. Throws {@link errors.ServiceError} for what is refused. */
export function route(
  catalogue: Catalogue,
  request: CosmosRequest,
  describeAccount: () => Json,
): Reply {
  const [root, databaseId, ...within] = request.address.segments
  if (root === undefined) {
    if (request.verb !== 'GET' && request.verb !== 'HEAD') throw errors.methodNotAllowed()
    return jsonReply(200, describeAccount())
  }
  if (root === 'offers') {
    if (within.length > 0) throw errors.invalidUrl()
    return databaseId === undefined
      ? offersRoute(catalogue, request)
      : offerRoute(catalogue, request, databaseId)
  }
  if (root !== 'dbs') throw errors.invalidUrl()
  if (databaseId === undefined) return databasesRoute(catalogue, request)
  return routeDatabase(catalogue, request, databaseId, within)
}

function routeDatabase(
  catalogue: Catalogue,
  request: CosmosRequest,
  databaseId: string,
  [kind, containerId, ...within]: readonly string[],
): Reply {
  const database = catalogue.database(databaseId)
  if (database === undefined) {
    throw kind === undefined ? errors.notFound() : errors.ownerNotFound()
  }
  if (kind === undefined) return databaseRoute(catalogue, request, database)
  if (kind === 'users') {
    return usersRoute(database, request, containerId === undefined ? [] : [containerId, ...within])
  }
  if (kind !== 'colls') throw unknown(kind)
  if (containerId === undefined) return containersRoute(catalogue, request, database)
  const found = catalogue.container(databaseId, containerId)
  const container = found && seenBy(request, found)
  const [child, id, ...more] = within
  if (container === undefined) {
    throw child === undefined ? errors.notFound() : errors.ownerNotFound()
  }
  if (child === undefined) return containerRoute(catalogue, request, database, container)
  if (child === 'docs' && more.length === 0) {
    return id === undefined
      ? documentsRoute(container, request)
      : documentRoute(container, request, id)
  }
  if (isScriptKind(child) && more.length === 0) {
    return scriptsRoute(catalogue.scripts, container, request, child, id)
  }
  if (child === 'operations' && id === 'partitionkeydelete' && more.length === 0) {
    return partitionDeleteRoute(container, request)
  }
  if (child === 'pkranges' && id === undefined) return rangesRoute(request, container)
  throw unknown(more[0] ?? child)
}

function unknown(kind: string): errors.ServiceError {
  const name = Object.hasOwn(absent, kind) ? absent[kind] : undefined
  return name === undefined ? errors.invalidUrl() : errors.notSupported(name)
}
