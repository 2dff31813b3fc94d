import type { IncomingHttpHeaders } from 'node:http'
import { isBatch, isQuery, isQueryPlan, says } from '../access.ts'
import type { Address } from '../address.ts'
import { isObject, parseJson } from '../json.ts'

/**
 * The data actions of Cosmos DB's own roles (Microsoft: "Azure Cosmos DB for NoSQL data plane
 * actions reference"). What a role on ARM grants is of no use here, and the other way round.
 */
const account = 'Microsoft.DocumentDB/databaseAccounts'
const container = `${account}/sqlDatabases/containers`

export const dataActions = {
  readMetadata: `${account}/readMetadata`,
  itemCreate: `${container}/items/create`,
  itemRead: `${container}/items/read`,
  itemReplace: `${container}/items/replace`,
  itemUpsert: `${container}/items/upsert`,
  itemDelete: `${container}/items/delete`,
  executeQuery: `${container}/executeQuery`,
  readChangeFeed: `${container}/readChangeFeed`,
  executeStoredProcedure: `${container}/executeStoredProcedure`,
} as const

export type DataAction = (typeof dataActions)[keyof typeof dataActions]

export interface Act {
  readonly verb: string
  readonly address: Address
  readonly headers: IncomingHttpHeaders
}

/** What SDKs read to find their way. */
const metadataTypes = new Set(['', 'dbs', 'colls', 'pkranges'])

/**
 * The actions that a request needs, all of them; for a batch, those that its body names are asked
 * for later. `undefined` where no token of Entra may do this through the data plane.
 */
export function actionsFor({ verb, address, headers }: Act): readonly DataAction[] | undefined {
  const reads = verb === 'GET' || verb === 'HEAD'
  const { type, isFeed } = address
  if (metadataTypes.has(type)) return reads ? [dataActions.readMetadata] : undefined
  if (type === 'sprocs' && verb === 'POST' && !isFeed) return [dataActions.executeStoredProcedure]
  if (type !== 'docs') return undefined
  if (isFeed) return feedActions(verb, headers)
  const action = itemActions[verb]
  return action === undefined ? [] : [action]
}

/** A method that there is not needs nothing: it is refused as such. */
function feedActions(verb: string, headers: IncomingHttpHeaders): readonly DataAction[] {
  if (verb === 'GET' || verb === 'HEAD') {
    const isChangeFeed = headers['a-im'] !== undefined
    return [isChangeFeed ? dataActions.readChangeFeed : dataActions.executeQuery]
  }
  if (verb !== 'POST' || isBatch(headers)) return []
  if (isQuery(headers) || isQueryPlan(headers)) return [dataActions.executeQuery]
  const isUpsert = says(headers, 'x-ms-documentdb-is-upsert')
  return [isUpsert ? dataActions.itemUpsert : dataActions.itemCreate]
}

/** A patch counts as a replacement: there is no action of its own. */
const itemActions: Readonly<Record<string, DataAction>> = {
  GET: dataActions.itemRead,
  HEAD: dataActions.itemRead,
  PUT: dataActions.itemReplace,
  PATCH: dataActions.itemReplace,
  DELETE: dataActions.itemDelete,
}

const operationActions: Readonly<Record<string, DataAction>> = {
  Create: dataActions.itemCreate,
  Read: dataActions.itemRead,
  Replace: dataActions.itemReplace,
  Patch: dataActions.itemReplace,
  Upsert: dataActions.itemUpsert,
  Delete: dataActions.itemDelete,
}

/** What the operations of a batch need; nothing of a body that is no batch. */
export function actionsOfBatch(body: string): readonly DataAction[] {
  const operations = parseJson(body)
  if (!Array.isArray(operations)) return []
  const named = operations.flatMap(operation =>
    isObject(operation) ? (operationActions[String(operation['operationType'])] ?? []) : [],
  )
  return [...new Set(named)]
}
