import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { clientHeader } from '@keyturn/protocol'
import type { Log } from '../log.ts'
import type { MetricsPage } from '../metrics/page.ts'
import type { Tally } from '../metrics/tally.ts'
import { type Handler, headerOf, readJson, reply, replyJson } from './call.ts'
import type { LocalDesk } from './desk.ts'
import { type Access, type Guard, refuseForeign, refuseOtherHosts, requireToken } from './guard.ts'
import { openApi } from './openapi.ts'
import { type Operation, type OperationName, operations } from './operations.ts'
import { answerProblem, codeFor } from './problem.ts'
import { Refused } from './refused.ts'
import { routerOf } from './router.ts'

/** A keyset is one kilobyte: who leaves so many unread has stopped reading. */
const unreadBytesMax = 64 * 1024

export interface LocalParts {
  readonly desk: LocalDesk
  readonly page: MetricsPage
  readonly tally: Tally
  readonly log: Log
}

type Handlers<Name extends OperationName> = Readonly<Record<Name, Handler>>

/** What shows no key and no client: also for the kubelet and Prometheus. */
export const publicHandlers = ({
  desk,
  page,
}: Pick<LocalParts, 'desk' | 'page'>): Handlers<'getHealth' | 'getReadiness' | 'getMetrics'> => ({
  getHealth: ({ response }) => replyJson(response, { status: 'ok' }),
  getReadiness: ({ response }) => replyJson(response, desk.readiness()),
  getMetrics: async ({ response }) => {
    const { type, text } = await page.print()
    reply(response, type, text)
  },
})

const keysetNow =
  (desk: LocalDesk): Handler =>
  async ({ request, response }) => {
    const refresh = headerOf(request, 'cache-control') === 'no-cache'
    const keyset = await desk.keyset(headerOf(request, clientHeader) ?? '', refresh)
    reply(response, 'application/json', keyset.print())
  }

const keysetStream =
  ({ desk, tally }: LocalParts): Handler =>
  ({ request, response }) => {
    // A stream that shows nothing would take the place of the one that does.
    if (request.method === 'HEAD') throw new Refused('BAD_REQUEST')
    const id = headerOf(request, clientHeader) ?? ''
    const write = (text: string): void => {
      if (response.destroyed) return
      response.write(text)
      if (response.writableLength <= unreadBytesMax) return
      tally.add('dropped:slow-reader')
      response.destroy()
    }
    const closed = desk.stream(id, headerOf(request, 'last-event-id'), () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      return { write, end: () => void response.end() }
    })
    response.on('close', closed)
  }

/** Done, and nothing to say. */
const silently =
  (act: (id: unknown, body: unknown) => Promise<void> | void): Handler =>
  async ({ response, id, body }) => {
    await act(id, body)
    response.writeHead(204).end()
  }

const handlersOf = (parts: LocalParts): Handlers<OperationName> => {
  const { desk } = parts
  return {
    ...publicHandlers(parts),
    getDescription: ({ response }) => replyJson(response, openApi()),
    getKeyset: keysetNow(desk),
    followKeyset: keysetStream(parts),
    attach: silently((id, body) => desk.attach(id, body)),
    goodbye: silently((id, body) => desk.goodbye(id, body)),
    sample: silently((id, body) => desk.sample(id, body)),
    acknowledge: silently((id, body) => desk.acknowledge(id, body)),
  }
}

type Handled = Readonly<Partial<Record<OperationName, Handler>>>
type Watched = Pick<LocalParts, 'tally' | 'log'>

/** Finds the operation that is asked for, and reads the body that it takes. */
const serving = (handlers: Handled, guards: readonly Guard[]) => {
  const routes = Object.entries(operations).flatMap(([name, operation]) => {
    const { method, path, body }: Operation = operation
    const handler = handlers[name as OperationName]
    return handler === undefined ? [] : [{ method, path, takesBody: body !== undefined, handler }]
  })
  const find = routerOf(routes)
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const guard of guards) await guard(request)
    const found = find(request.method, request.url)
    if (found === null) throw new Refused('NOT_FOUND')
    const { route, id } = found
    const body = route.takesBody ? await readJson(request) : undefined
    await route.handler({ request, response, id, body })
  }
}

/**
 * Serves the operations that have a handler here, and answers everything else with a problem. It
 * says nothing of itself, and caches nothing.
 */
export const listenerOf = (
  handlers: Handled,
  { tally, log }: Watched,
  guards: readonly Guard[] = [],
): RequestListener => {
  const serve = serving(handlers, guards)
  return (request, response) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    serve(request, response).catch((error: unknown) => {
      const code = codeFor(error)
      tally.add(`refused:${code}`)
      answerProblem(response, code)
      if (code !== 'INTERNAL') return
      const reason = error instanceof Error ? error.name : 'unknown'
      log.error({ event: 'request-failed', reason }, 'The local API failed at a request.')
    })
  }
}

/** The sidecar's local API over HTTP, as `operations` describes it. */
export const localListener = (parts: LocalParts, access: Access): RequestListener =>
  listenerOf(handlersOf(parts), parts, [
    refuseForeign,
    refuseOtherHosts(access),
    requireToken(access),
  ])
