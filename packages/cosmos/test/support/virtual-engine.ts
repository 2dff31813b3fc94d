import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { authorizationHeader } from '@keyturn/core'
import { Key, Ring } from '@keyturn/keyring'
import { Engine } from '../../src/engine/engine.ts'
import { writeTicket } from '../../src/engine/ticket.ts'
import { ManualSource } from './client.ts'
import { EagerClock } from './eager-clock.ts'
import { answer401, plainAnswer } from './wordings.ts'

const resourceId = 'dbs/d/colls/c/docs/1'
export const west = 'https://west.example'

/**
 * An engine in virtual time, breakers and all, and a service that takes some keys.
 * @param isOwned whether the ring is somebody's own, and outlives the engine.
 */
export const virtualEngine = (
  t: { teardown(handler: () => unknown): void },
  known: string[],
  latencyMs = 1,
  { isOwned = false } = {},
) => {
  const clock = new EagerClock()
  const source = new ManualSource()
  const ring = new Ring({ source, clock })
  const keys = known.map(key => new Key(key))
  const service = { accepts: new Set<string>(), seen: [] as (string | undefined)[] }
  const signer = ({ method, url }: PipelineRequest, date: string, authorization: string) => {
    const link = new URL(url).pathname.slice(1)
    const type = link === '' ? '' : 'docs'
    const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`
    return known.find((_, i) => authorizationHeader(keys[i]?.sign(text) ?? '') === authorization)
  }
  const engine = new Engine({
    lease: {
      ring,
      start: () => void ring.start(),
      giveBack: async ms => (isOwned ? undefined : ring.stop(ms)),
    },
    transport: {
      connections: 64,
      async send(request, signature) {
        const key = signer(request, signature?.date ?? '', signature?.authorization ?? '')
        service.seen.push(key)
        await clock.sleep(latencyMs)
        return key !== undefined && service.accepts.has(key)
          ? plainAnswer(request, 200)
          : answer401(request, 'wrong key')
      },
      close: async () => {},
    },
    clock,
  })
  const giveBack = clock.takeTimers()
  t.teardown(async () => {
    await engine.close()
    giveBack()
  })
  const read = (): Promise<PipelineResponse> => {
    const ticket = writeTicket({ verb: 'GET', resourceType: 'docs', resourceId })
    return engine.sendRequest(
      createPipelineRequest({
        url: `${west}/${resourceId}`,
        headers: createHttpHeaders({ authorization: encodeURIComponent(ticket) }),
      }),
    )
  }
  return { clock, source, ring, engine, service, read }
}
