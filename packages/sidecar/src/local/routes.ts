import { clientHeader } from '@keyturn/protocol'
import express, { type Express, type RequestHandler } from 'express'
import type { Log } from '../log.ts'
import type { MetricsPage } from '../metrics/page.ts'
import type { Tally } from '../metrics/tally.ts'
import type { LocalDesk } from './desk.ts'
import { type Access, refuseForeign, refuseOtherHosts, requireToken } from './guard.ts'
import { openApi } from './openapi.ts'
import { type Operation, type OperationName, operations } from './operations.ts'
import { lastResort, notFound } from './problem.ts'
import { Refused } from './refused.ts'

/** A sample is a few hundred bytes; 16 keys and 64 refusals fit many times over. */
const bodyBytesMax = '64kb'
/** A keyset is one kilobyte: who leaves so many unread has stopped reading. */
const unreadBytesMax = 64 * 1024

export interface LocalParts {
  readonly desk: LocalDesk
  readonly page: MetricsPage
  readonly tally: Tally
  readonly log: Log
}

type Handlers<Name extends OperationName> = Readonly<Record<Name, RequestHandler>>

/** What shows no key and no client: also for the kubelet and Prometheus. */
export const publicHandlers = ({
  desk,
  page,
}: Pick<LocalParts, 'desk' | 'page'>): Handlers<'getHealth' | 'getReadiness' | 'getMetrics'> => ({
  getHealth: (_request, response) => void response.json({ status: 'ok' }),
  getReadiness: (_request, response) => void response.json(desk.readiness()),
  getMetrics: async (_request, response) => {
    const { type, text } = await page.print()
    response.setHeader('content-type', type)
    response.end(text)
  },
})

const keysetNow =
  (desk: LocalDesk): RequestHandler =>
  async (request, response) => {
    const refresh = request.get('cache-control') === 'no-cache'
    const keyset = await desk.keyset(request.get(clientHeader) ?? '', refresh)
    response.type('application/json').send(keyset.print())
  }

const keysetStream =
  ({ desk, tally }: LocalParts): RequestHandler =>
  (request, response) => {
    // A stream that shows nothing would take the place of the one that does.
    if (request.method === 'HEAD') throw new Refused('BAD_REQUEST')
    const id = request.get(clientHeader) ?? ''
    const write = (text: string): void => {
      if (response.destroyed) return
      response.write(text)
      if (response.writableLength <= unreadBytesMax) return
      tally.add('dropped:slow-reader')
      response.destroy()
    }
    const closed = desk.stream(id, request.get('last-event-id'), () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      return { write, end: () => void response.end() }
    })
    response.on('close', closed)
  }

/** Done, and nothing to say. */
const silently =
  (act: (id: unknown, body: unknown) => Promise<void> | void): RequestHandler =>
  async (request, response) => {
    await act(request.params['id'], request.body)
    response.status(204).end()
  }

const handlersOf = (parts: LocalParts): Handlers<OperationName> => {
  const { desk } = parts
  const description = JSON.stringify(openApi())
  return {
    ...publicHandlers(parts),
    getDescription: (_request, response) =>
      void response.type('application/json').send(description),
    getKeyset: keysetNow(desk),
    followKeyset: keysetStream(parts),
    attach: silently((id, body) => desk.attach(id, body)),
    goodbye: silently((id, body) => desk.goodbye(id, body)),
    sample: silently((id, body) => desk.sample(id, body)),
    acknowledge: silently((id, body) => desk.acknowledge(id, body)),
  }
}

/** Takes the operations that have a handler here, and answers everything else with a problem. */
export const mount = (
  app: Express,
  handlers: Readonly<Partial<Record<OperationName, RequestHandler>>>,
  { tally, log }: Pick<LocalParts, 'tally' | 'log'>,
): void => {
  const parse = express.json({ limit: bodyBytesMax })
  for (const [name, operation] of Object.entries(operations)) {
    const { method, path, body }: Operation = operation
    const handler = Reflect.get(handlers, name) as RequestHandler | undefined
    if (handler === undefined) continue
    const route = path.replace('{id}', ':id')
    app[method](route, ...(body === undefined ? [handler] : [parse, handler]))
  }
  app.use(notFound)
  app.use(
    lastResort((code, error) => {
      tally.add(`refused:${code}`)
      if (code !== 'INTERNAL') return
      const reason = error instanceof Error ? error.name : 'unknown'
      log.error({ event: 'request-failed', reason }, 'The local API failed at a request.')
    }),
  )
}

/** An application that says nothing of itself, and caches nothing. */
export const bareApp = (): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use((_request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    next()
  })
  return app
}

/** The sidecar's local API over HTTP, as `operations` describes it. */
export const localApp = (parts: LocalParts, access: Access): Express => {
  const app = bareApp()
  app.use(refuseForeign, refuseOtherHosts(access), requireToken(access))
  mount(app, handlersOf(parts), parts)
  return app
}
