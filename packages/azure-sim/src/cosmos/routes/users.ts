import type { Database } from '../catalogue/catalogue.ts'
import { userRid } from '../catalogue/rids.ts'
import * as errors from '../errors.ts'
import { entryRoute, feedRoute, type Kind } from '../identity/entry-routes.ts'
import type { User } from '../identity/identity.ts'
import { Shelf } from '../identity/shelf.ts'
import type { Reply } from '../reply.ts'
import type { CosmosRequest } from '../request.ts'
import { permissionsRoute } from './permissions.ts'

/** `/dbs/{db}/users` and all below it. */
export function usersRoute(
  database: Database,
  request: CosmosRequest,
  [name, child, ...within]: readonly string[],
): Reply {
  const kind = usersOf(database, request)
  if (name === undefined) return feedRoute(kind, request)
  if (child === undefined) return entryRoute(kind, request, name)
  if (child !== 'permissions' || within.length > 1) throw errors.invalidUrl()
  const user = kind.shelf.find(name, request.address.ridBased)
  if (user === undefined) throw errors.ownerNotFound()
  return permissionsRoute(database, user, request, within[0])
}

function usersOf(database: Database, { identity }: CosmosRequest): Kind<User> {
  return {
    feed: 'Users',
    parentRid: database.rid,
    shelf: identity.usersOf(database),
    newRid: count => userRid(database.rid, count),
    make: (_, entry, former) => ({ ...entry, permissions: former?.permissions ?? new Shelf() }),
    show: ({ id, rid, etag, ts }) => ({
      id,
      _rid: rid,
      _self: `dbs/${database.rid}/users/${rid}/`,
      _etag: etag,
      _permissions: 'permissions/',
      _ts: ts,
    }),
  }
}
