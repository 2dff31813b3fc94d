import {
  type CoordinatorOperation,
  type CoordinatorOperationName,
  coordinatorOperations,
} from '@keyturn/protocol'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import type { Identity } from '../access/identity.ts'
import type { Access } from '../access/options.ts'
import type { Leading } from '../leading.ts'
import type { Store, WallClock } from '../ports.ts'
import { type Asked, askedOf } from './asked.ts'
import { addressOf, askerOf, Denials } from './denials.ts'
import { Feeds } from './feeds.ts'
import {
  type Authenticate,
  guarded,
  identified,
  identityIn,
  identityOf,
  sameSiteOnly,
} from './gate.ts'
import { Grouped } from './grouped.ts'
import { handlersOf } from './handlers.ts'
import { problems, Refusal, VerbRefused } from './problem.ts'
import { RateLimits } from './rate-limits.ts'

export interface AppParts {
  readonly leading: Leading
  readonly store: Store
  readonly clock: WallClock
  readonly authenticate: Authenticate
  readonly limits: Access['limits']
  readonly onError: (error: unknown) => void
}

export interface App {
  readonly handler: Express
  /** Ends the streams. */
  readonly close: () => void
}

/** A report may name a thousand lost clients; whatever else is asked fits on a page. */
const bodyBytesMax = (name: CoordinatorOperationName): number =>
  (name === 'report' ? 256 : 16) * 1024

/** The coordinator's HTTP API, as `coordinatorOperations` describes it. */
export const createApp = (parts: AppParts): App => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(guarded, sameSiteOnly)
  const { leading, clock, store, authenticate } = parts
  const limits = new RateLimits(parts.limits)
  const feeds = new Feeds(leading, clock)
  const denials = new Denials(store, clock)
  const handlers = handlersOf({ ...parts, limits, feeds, reports: new Grouped(store) })
  for (const name of Object.keys(coordinatorOperations) as CoordinatorOperationName[]) {
    const operation: CoordinatorOperation = coordinatorOperations[name]
    const route = operation.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const handle = handlers[name] as Handler
    const parse = express.json({ limit: bodyBytesMax(name) })
    app[operation.method](
      route,
      naming(name),
      identified(operation, { authenticate, limits }),
      ...(operation.body === undefined ? [] : [parse]),
      answering(operation, handle),
    )
  }
  app.use(() => {
    throw new Refusal('NOT_FOUND', 'There is nothing here: GET /v1/docs says what there is.')
  })
  app.use(
    problems((refusal, request, response) => {
      if (isDenial(refusal)) denials.record(denialOf(refusal, request, response))
    }, parts.onError),
  )
  return { handler: app, close: () => feeds.close() }
}

type Handler = (
  asked: Asked<CoordinatorOperation>,
  identity: Identity,
  response: Response,
) => unknown

const naming =
  (name: CoordinatorOperationName): RequestHandler =>
  (request, response, next) => {
    response.locals['operation'] = name
    response.locals['about'] = request.params['name']
    next()
  }

const answering =
  (operation: CoordinatorOperation, handle: Handler): RequestHandler =>
  async (request, response) => {
    // A stream that shows nothing would only take a place.
    if (request.method === 'HEAD' && operation.answer.type === 'text/event-stream') {
      throw new Refusal('BAD_REQUEST', 'A stream of events has to be read: send GET.')
    }
    const answer = await handle(askedOf(operation, request), identityOf(response), response)
    if (response.headersSent || response.destroyed) return
    response.json(answer)
  }

/** Nobody, or somebody who may not, or a verb that is refused: not what was merely mistyped. */
const isDenial = (refusal: Refusal | VerbRefused): boolean =>
  refusal instanceof VerbRefused || refusal.status === 401 || refusal.status === 403

const denialOf = (refusal: Refusal | VerbRefused, request: Request, response: Response) => {
  const identity = identityIn(response)
  const name: unknown = response.locals['about']
  const verb: unknown = Reflect.get(Object(request.body), 'verb')
  return {
    code: refusal.code,
    operation: String(response.locals['operation'] ?? 'none'),
    about: typeof name === 'string' && /^[A-Za-z0-9._-]{1,127}$/.test(name) ? name : null,
    verb: typeof verb === 'string' && /^[a-z]{1,20}$/.test(verb) ? verb : null,
    name: identity?.name ?? null,
    asked: identity && askerOf(identity, request),
    address: addressOf(request),
  }
}
