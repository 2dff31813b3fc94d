import { clientHeader } from '@keyturn/protocol'
import express, { type Express, type RequestHandler } from 'express'
import type { Log } from '../log.ts'
import type { LocalDesk } from './desk.ts'
import { refuseForeign } from './guard.ts'
import { lastResort, notFound } from './problem.ts'

/** A sample is a few hundred bytes; 16 keys and 64 refusals fit many times over. */
const bodyBytesMax = '64kb'

const keysetNow =
  (desk: LocalDesk): RequestHandler =>
  async (request, response) => {
    const refresh = request.get('cache-control') === 'no-cache'
    const keyset = await desk.keyset(request.get(clientHeader) ?? '', refresh)
    response.setHeader('cache-control', 'no-store')
    response.type('application/json').send(keyset.print())
  }

const keysetStream =
  (desk: LocalDesk): RequestHandler =>
  (request, response) => {
    const id = request.get(clientHeader) ?? ''
    const closed = desk.stream(id, request.get('last-event-id'), () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.flushHeaders()
      return { write: text => void response.write(text), end: () => void response.end() }
    })
    response.on('close', closed)
  }

/** The sidecar's local API over HTTP, as `@keyturn/protocol` describes it. */
export const localApp = (desk: LocalDesk, log: Log): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.use(refuseForeign)
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/readyz', (_request, response) => void response.json(desk.readiness()))
  app.get('/v1/keyset', keysetNow(desk))
  app.get('/v1/keyset/stream', keysetStream(desk))
  app.use(express.json({ limit: bodyBytesMax }))
  app.put('/v1/clients/:id', async (request, response) => {
    await desk.attach(request.params['id'], request.body)
    response.status(204).end()
  })
  app.delete('/v1/clients/:id', async (request, response) => {
    await desk.goodbye(request.params['id'], request.body)
    response.status(204).end()
  })
  app.post('/v1/clients/:id/usage', (request, response) => {
    desk.sample(request.params['id'], request.body)
    response.status(204).end()
  })
  app.use(notFound)
  app.use(
    lastResort(error =>
      log.error(
        { event: 'request-failed', reason: error instanceof Error ? error.name : 'unknown' },
        'The local API failed at a request.',
      ),
    ),
  )
  return app
}
