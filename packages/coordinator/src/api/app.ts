import {
  type CoordinatorOperation,
  type CoordinatorOperationName,
  coordinatorOperations,
} from '@keyturn/protocol'
import express, { type Express, type RequestHandler } from 'express'
import type { Identity } from '../access/identity.ts'
import type { Leading } from '../leading.ts'
import type { Store, WallClock } from '../ports.ts'
import { type Asked, askedOf } from './asked.ts'
import { Feeds } from './feeds.ts'
import { Grouped } from './grouped.ts'
import { handlersOf } from './handlers.ts'
import { problems, Refusal } from './problem.ts'

export interface AppParts {
  readonly leading: Leading
  readonly store: Store
  readonly clock: WallClock
  /** @throws {Refusal} where nobody is known by what was presented. */
  readonly authenticate: Authenticate
  readonly onError: (error: unknown) => void
}

type Authenticate = (request: express.Request) => Promise<Identity>

export interface App {
  readonly handler: Express
  /** Ends the streams. */
  readonly close: () => void
}

/** The coordinator's HTTP API, as `coordinatorOperations` describes it. */
export const createApp = (parts: AppParts): App => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use((_request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    next()
  })
  const { leading, clock } = parts
  const feeds = new Feeds(leading, clock)
  const handlers = handlersOf({ ...parts, feeds, reports: new Grouped(parts.store) })
  const parse = express.json({ limit: '1mb' })
  for (const name of Object.keys(coordinatorOperations) as CoordinatorOperationName[]) {
    const operation: CoordinatorOperation = coordinatorOperations[name]
    const route = operation.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const handle = handlers[name] as Handler
    app[operation.method](
      route,
      identified(operation, parts.authenticate),
      ...(operation.body === undefined ? [] : [parse]),
      answering(operation, handle),
    )
  }
  app.use(() => {
    throw new Refusal('NOT_FOUND', 'There is nothing here: see the API under /v1.')
  })
  app.use(problems(parts.onError))
  return { handler: app, close: () => feeds.close() }
}

type Handler = (
  asked: Asked<CoordinatorOperation>,
  identity: Identity,
  response: express.Response,
) => unknown

/** Before anything of the request is read: who asks, and whether they may. */
const identified =
  ({ may }: CoordinatorOperation, authenticate: Authenticate): RequestHandler =>
  async (request, response, next) => {
    if (may !== null) {
      const identity = await authenticate(request)
      if (!identity.roles.some(role => may.includes(role))) {
        const sentence = `${identity.name} may not do that: it takes the role ${may.join(' or ')}.`
        throw new Refusal('ROLE_MISSING', sentence)
      }
      response.locals['identity'] = identity
    }
    next()
  }

const nobody: Identity = {
  ...{ name: 'nobody', roles: [], by: 'token', issuer: null, subject: 'nobody' },
}

const answering =
  (operation: CoordinatorOperation, handle: Handler): RequestHandler =>
  async (request, response) => {
    // A stream that shows nothing would only take a place.
    if (request.method === 'HEAD' && operation.answer.type === 'text/event-stream') {
      throw new Refusal('BAD_REQUEST', 'A stream of events has to be read: send GET.')
    }
    const identity = (response.locals['identity'] as Identity | undefined) ?? nobody
    const answer = await handle(askedOf(operation, request), identity, response)
    if (operation.answer.type !== 'application/json' || response.destroyed) return
    response.json(answer)
  }
