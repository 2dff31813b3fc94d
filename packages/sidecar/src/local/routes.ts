import { clientLabel, isTaken, mayLeave, refusalFor } from '@keyturn/core'
import { clientAttachSchema, clientHeader, clientUsageSchema, nameSchema } from '@keyturn/protocol'
import express, { type Express, type Request, type Response } from 'express'
import type { Log } from '../log.ts'
import type { Recorder } from '../state/recorder.ts'
import type { MemberStore } from '../store.ts'
import { refuseForeign } from './guard.ts'
import type { KeysetText } from './keyset-text.ts'
import { lastResort, notFound, Refused } from './problem.ts'
import { readiness } from './readiness.ts'
import type { Streams } from './streams.ts'

export interface LocalParts {
  readonly store: MemberStore
  readonly recorder: Recorder
  readonly keyset: KeysetText
  readonly streams: Streams
  readonly log: Log
  /** A client came, and has no stream yet. */
  readonly onAttach: (id: string) => void
  readonly onGoodbye: (id: string) => void
  /** A client whose keys are refused asks for something newer; settles in bounded time. */
  readonly onRefresh: () => Promise<void>
}

/** A sample is a few hundred bytes; 16 keys and 64 refusals fit many times over. */
const bodyBytesMax = '64kb'

const clientId = (request: Request): string | null => {
  const { success, data } = nameSchema.safeParse(request.params['id'])
  return success ? data : null
}

const attach =
  ({ store, recorder, log, onAttach }: LocalParts) =>
  async (request: Request, response: Response): Promise<void> => {
    const id = clientId(request)
    const body = clientAttachSchema.safeParse(request.body)
    if (id === null || !body.success) throw new Refused('BAD_REQUEST')
    const client = { id, ...body.data }
    if (isTaken(store.state.clients, client)) throw new Refused('CLIENT_ID_TAKEN')
    const known = store.state.clients.find(one => one.id === id)
    store.apply({ is: 'attached', client })
    onAttach(id)
    await recorder.record()
    const event = known === undefined ? 'client-attached' : 'client-returned'
    log.info({ event, client: clientLabel(client), pid: client.pid }, 'A client attached.')
    response.status(204).end()
  }

const goodbye =
  ({ store, streams, log, onGoodbye }: LocalParts) =>
  (request: Request, response: Response): void => {
    const id = clientId(request)
    const body = clientUsageSchema.safeParse(request.body)
    if (id === null || !body.success) throw new Refused('BAD_REQUEST')
    const client = store.state.clients.find(one => one.id === id)
    if (client === undefined) throw new Refused('CLIENT_UNKNOWN')
    store.apply({ is: 'goodbye', id, sample: body.data })
    if (!mayLeave(body.data)) throw new Refused('CLIENT_IN_FLIGHT')
    streams.end(id)
    onGoodbye(id)
    log.info({ event: 'client-left', client: clientLabel(client) }, 'A client said goodbye.')
    response.status(204).end()
  }

const usage =
  ({ store }: LocalParts) =>
  (request: Request, response: Response): void => {
    const id = clientId(request)
    const body = clientUsageSchema.safeParse(request.body)
    if (id === null || !body.success) throw new Refused('BAD_REQUEST')
    if (!store.state.clients.some(client => client.id === id)) {
      throw new Refused('CLIENT_UNKNOWN')
    }
    store.apply({ is: 'sampled', id, sample: body.data })
    response.status(204).end()
  }

const keysetNow =
  ({ store, keyset, onRefresh }: LocalParts) =>
  async (request: Request, response: Response): Promise<void> => {
    const id = request.get(clientHeader) ?? ''
    const isKnown = store.state.clients.some(client => client.id === id)
    if (isKnown && request.get('cache-control') === 'no-cache') await onRefresh()
    const refusal = refusalFor(store.state, id)
    const current = keyset.current()
    if (refusal !== null) throw new Refused(refusal)
    if (current === null) throw new Refused('NO_KEYSET')
    response.setHeader('cache-control', 'no-store')
    response.type('application/json').send(current.print())
  }

const keysetStream =
  ({ store, streams }: LocalParts) =>
  (request: Request, response: Response): void => {
    const id = request.get(clientHeader) ?? ''
    const refusal = refusalFor(store.state, id)
    if (refusal === 'CLIENT_UNKNOWN' || refusal === 'CLIENT_NOT_RECORDED') {
      throw new Refused(refusal)
    }
    streams.open(id, request.get('last-event-id'), response)
  }

/** The sidecar's local API, as `@keyturn/protocol` describes it. */
export const localApp = (parts: LocalParts): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(refuseForeign)
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/readyz', readiness(parts.store))
  app.get('/v1/keyset', keysetNow(parts))
  app.get('/v1/keyset/stream', keysetStream(parts))
  app.use(express.json({ limit: bodyBytesMax }))
  app.put('/v1/clients/:id', attach(parts))
  app.delete('/v1/clients/:id', goodbye(parts))
  app.post('/v1/clients/:id/usage', usage(parts))
  app.use(notFound)
  app.use(
    lastResort(error =>
      parts.log.error(
        { event: 'request-failed', reason: error instanceof Error ? error.name : 'unknown' },
        'The local API failed at a request.',
      ),
    ),
  )
  return app
}
