import { Container } from '../documents/container.ts'
import { etagOf } from '../documents/document.ts'
import * as errors from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { type Lag, noLag } from '../replication/lag.ts'
import { checkUnchanged, completeProperties } from './container-properties.ts'
import { containerRid, databaseRid, offerRid } from './rids.ts'
import { Scripts } from './scripts.ts'
import { Throughputs } from './throughput.ts'

export interface Database {
  readonly id: string
  readonly rid: string
  readonly properties: JsonObject
  readonly containers: Map<string, Container>
  /** The id of its offer. */
  readonly offer: string
  /** Request units per second that its containers share, if any. */
  throughput: number | undefined
}

/** A replacement leaves out what the client does not name; these it cannot change or leave out. */
const kept = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    [
      'uniqueKeyPolicy',
      'vectorEmbeddingPolicy',
      '_docs',
      '_sprocs',
      '_triggers',
      '_udfs',
      '_conflicts',
    ]
      .filter(name => properties[name] !== undefined)
      .map(name => [name, properties[name]]),
  )

const idsMax = 255

/** The names of databases and containers (Microsoft: "Azure Cosmos DB service quotas"). */
export function requireName(id: unknown): string {
  const legal =
    typeof id === 'string' &&
    id.length > 0 &&
    id.length <= idsMax &&
    id.isWellFormed() &&
    !/[/\\?#]|\s$/.test(id)
  if (legal) return id
  throw errors.badRequest(
    `The input name '${String(id).slice(0, 64)}' is invalid. Ensure to provide a unique non-empty string less than '${idsMax}' characters.`,
  )
}

/** All databases and containers of the account. One for all regions. */
export class Catalogue {
  readonly #databases = new Map<string, Database>()
  readonly #byRid = new Map<string, Database | Container>()
  readonly #lag: Lag
  #created = 0
  #changes = 0

  /**
   * Whether the account is serverless: throughput is then refused, as the service does. Off unless
   * a test turns it on.
   */
  serverless = false

  /** Stored procedures, triggers and user-defined functions, kept and never run. */
  readonly scripts = new Scripts()

  /** What offers say beside their request units. */
  readonly throughputs = new Throughputs()

  /** `lag`: how far regions are behind; none is where it is absent. */
  constructor(lag: Lag = noLag) {
    this.#lag = lag
  }

  get databases(): Iterable<Database> {
    return this.#databases.values()
  }

  /** By name or by rid. */
  database(idOrRid: string): Database | undefined {
    const named = this.#databases.get(idOrRid)
    if (named !== undefined) return named
    const found = this.#byRid.get(idOrRid)
    return found instanceof Container ? undefined : found
  }

  /** By names or by rids. */
  container(databaseId: string, id: string): Container | undefined {
    const database = this.database(databaseId)
    const named = database?.containers.get(id)
    if (named !== undefined) return named
    const found = this.#byRid.get(id)
    return found instanceof Container && found.databaseId === database?.id ? found : undefined
  }

  createDatabase(body: JsonObject, throughput: number | undefined, now: number): Database {
    const id = requireName(body['id'])
    if (this.#databases.has(id)) throw errors.conflict()
    const rid = databaseRid(++this.#created)
    const properties = {
      id,
      _rid: rid,
      _self: `dbs/${rid}/`,
      ...this.#stamp(now),
      _colls: 'colls/',
      _users: 'users/',
    }
    const database = {
      id,
      rid,
      properties,
      containers: new Map(),
      offer: offerRid(this.#created),
      throughput,
    }
    this.#databases.set(id, database)
    this.#byRid.set(rid, database)
    return database
  }

  deleteDatabase(database: Database): void {
    for (const container of database.containers.values()) this.deleteContainer(database, container)
    this.#databases.delete(database.id)
    this.#byRid.delete(database.rid)
  }

  createContainer(
    database: Database,
    body: JsonObject,
    throughput: number | undefined,
    now: number,
  ): Container {
    const id = requireName(body['id'])
    if (database.containers.has(id)) throw errors.conflict()
    const rid = containerRid(database.rid, ++this.#created)
    const properties = {
      ...completeProperties(body),
      _rid: rid,
      _self: `dbs/${database.rid}/colls/${rid}/`,
      ...this.#stamp(now),
      _docs: 'docs/',
      _sprocs: 'sprocs/',
      _triggers: 'triggers/',
      _udfs: 'udfs/',
      _conflicts: 'conflicts/',
    }
    const own = throughput ?? (database.throughput === undefined ? 400 : undefined)
    const container = new Container(
      database.id,
      properties,
      offerRid(this.#created),
      own,
      now,
      this.#lag,
    )
    database.containers.set(id, container)
    this.#byRid.set(rid, container)
    return container
  }

  /** New properties for a container; its partition key and name must stay. */
  replaceContainer(container: Container, body: JsonObject, now: number): void {
    const { properties } = container
    checkUnchanged(properties, body)
    const { partitionKey } = properties
    const given = completeProperties({ ...body, partitionKey })
    const { _rid, _self } = properties
    container.properties = { ...kept(properties), ...given, _rid, _self, ...this.#stamp(now) }
  }

  deleteContainer(database: Database, container: Container): void {
    database.containers.delete(container.id)
    this.#byRid.delete(container.rid)
    this.scripts.forget(container.rid)
    this.throughputs.forget(container.offer)
  }

  #stamp(now: number): { _etag: string; _ts: number } {
    const seconds = Math.floor(now / 1000)
    return { _etag: etagOf(++this.#changes, seconds), _ts: seconds }
  }
}
