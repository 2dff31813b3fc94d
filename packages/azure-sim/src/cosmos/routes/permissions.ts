import type { Database } from '../catalogue/catalogue.ts'
import { permissionRid } from '../catalogue/rids.ts'
import * as errors from '../errors.ts'
import { entryRoute, feedRoute, type Kind } from '../identity/entry-routes.ts'
import type { User } from '../identity/identity.ts'
import { type Permission, permissionFrom, sameScope } from '../identity/permission.ts'
import type { Reply } from '../reply.ts'
import { type CosmosRequest, header } from '../request.ts'

/** `/dbs/{db}/users/{user}/permissions` and what is in it. */
export function permissionsRoute(
  database: Database,
  user: User,
  request: CosmosRequest,
  name: string | undefined,
): Reply {
  const kind = permissionsOf(database, user, request)
  return name === undefined ? feedRoute(kind, request) : entryRoute(kind, request, name)
}

function permissionsOf(database: Database, user: User, request: CosmosRequest): Kind<Permission> {
  const { tokens } = request.identity
  const shelf = user.permissions
  const seconds = lifetimeOf(request)
  return {
    feed: 'Permissions',
    parentRid: user.rid,
    shelf,
    newRid: count => permissionRid(user.rid, count),
    make: (body, entry, former) => {
      const read = permissionFrom(body, database, tokens.catalogue)
      const other = shelf.all.find(
        ({ rid, scope }) => rid !== former?.rid && sameScope(scope, read.scope),
      )
      // "You can associate only one permission to a particular resource for a user" (Permissions,
      // Azure Cosmos DB REST reference).
      if (other !== undefined) throw errors.conflict()
      return { ...entry, ...read }
    },
    show: permission => ({
      ...permission.given,
      _rid: permission.rid,
      _self: `dbs/${database.rid}/users/${user.rid}/permissions/${permission.rid}/`,
      _etag: permission.etag,
      _ts: permission.ts,
      // Each GET, POST and PUT makes a token of its own.
      ...(request.signer === null
        ? {}
        : { _token: tokens.make(permission, seconds, request.signer, request.regionNow) }),
    }),
  }
}

/**
 * `x-ms-documentdb-expiry-seconds`. The REST reference says up to 5 hours, the newer reference of
 * .NET (`User.CreatePermissionAsync`) 10 seconds to 24 hours.
 */
const lifetimes = { leastSeconds: 10, mostSeconds: 86_400, usualSeconds: 3_600 }

function lifetimeOf(request: CosmosRequest): number {
  const name = 'x-ms-documentdb-expiry-seconds'
  const asked = header(request, name)
  if (asked === undefined) return lifetimes.usualSeconds
  const seconds = Number(asked)
  const { leastSeconds, mostSeconds } = lifetimes
  if (Number.isInteger(seconds) && seconds >= leastSeconds && seconds <= mostSeconds) return seconds
  throw errors.badRequest(
    `Value '${asked.slice(0, 32)}' specified for the header '${name}' is invalid. `,
  )
}
