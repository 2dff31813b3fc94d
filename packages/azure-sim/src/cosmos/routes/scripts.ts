import { scriptRid } from '../catalogue/rids.ts'
import { type Script, type ScriptKind, type Scripts, scriptFeeds } from '../catalogue/scripts.ts'
import type { Container } from '../documents/container.ts'
import * as errors from '../errors.ts'
import { entryRoute, feedRoute, type Kind } from '../identity/entry-routes.ts'
import type { Shelf } from '../identity/shelf.ts'
import type { Reply } from '../reply.ts'
import type { CosmosRequest } from '../request.ts'

/*
 * Stored procedures, triggers and user-defined functions are kept as the plain resources that they
 * are. None of them is ever run: this simulator has no server-side JavaScript, and says so.
 */

/** `/sprocs`, `/triggers`, `/udfs` and what is in them. */
export function scriptsRoute(
  scripts: Scripts,
  container: Container,
  request: CosmosRequest,
  kind: ScriptKind,
  name: string | undefined,
): Reply {
  const shelf = scripts.of(container.rid, kind)
  const described = describe(container, shelf, kind)
  if (name === undefined) return feedRoute(described, request)
  if (kind !== 'sprocs' || request.verb !== 'POST') return entryRoute(described, request, name)
  if (shelf.find(name, request.address.ridBased) === undefined) throw errors.notFound()
  throw notRun(`The stored procedure '${name}'`)
}

function describe(container: Container, shelf: Shelf<Script>, kind: ScriptKind): Kind<Script> {
  return {
    feed: scriptFeeds[kind],
    parentRid: container.rid,
    shelf,
    newRid: count => scriptRid(container.rid, kind, count),
    make: (body, entry) => {
      if (typeof body['body'] !== 'string' || body['body'] === '') {
        throw errors.badRequest(
          "The input content is invalid because the required properties - 'body; ' - are missing",
        )
      }
      return { ...entry, properties: body }
    },
    show: ({ properties, id, rid, etag, ts }) => ({
      ...properties,
      id,
      _rid: rid,
      _self: `${String(container.properties['_self'])}${kind}/${rid}/`,
      _etag: etag,
      _ts: ts,
    }),
  }
}

/** In the form in which the service tells that a script has thrown. */
export const notRun = (what: string): errors.ServiceError =>
  errors.badRequest(
    `Encountered exception while executing Javascript. Exception = Error: ${what} was not run: this simulator has no server-side JavaScript.`,
  )

/** Triggers run only where a request names them, and then none does. */
export function refuseTriggers({ headers }: CosmosRequest): void {
  const names = ['x-ms-documentdb-pre-trigger-include', 'x-ms-documentdb-post-trigger-include']
    .flatMap(name => headers[name] ?? [])
    .join(', ')
  if (names !== '') throw notRun(`The trigger '${names.slice(0, 64)}'`)
}
