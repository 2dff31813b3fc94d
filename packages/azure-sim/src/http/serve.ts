import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Fault } from '../weather/weather.ts'
import type { Call, Handler, Reply } from './call.ts'

/** What one management service says for itself where the weather is bad or the request broken. */
export interface Service {
  /** As {@link Answer} tells it. */
  readonly name: string
  readonly handle: Handler
  /** The fault that strikes this call, before it is looked at. */
  readonly fault: (call: Call) => Fault
  readonly throttled: (retryAfterSeconds: number) => Reply
  readonly failed: () => Reply
  readonly tooLarge: () => Reply
  /** Headers on every answer, such as request ids. */
  readonly headers: () => Readonly<Record<string, string>>
  /** Told of every call, also of those whose answer nobody received. */
  readonly record: (call: Call, fault: Fault['kind'], reply: Reply | null) => void
}

/** One answer of a management service, as it went out. It may hold keys: for checks in process. */
export interface Answer {
  /** `arm`, `vault`, `entra` or `control`. */
  readonly service: string
  readonly method: string
  /** As it came: percent-encoded, with its query. */
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON, or empty. */
  readonly text: string
}

/** Each answer is published here; without subscribers it costs nothing. */
export const answers = channel('azure-sim:answer')

const bodyBytesMax = 1_000_000

/** Reads a request, lets the weather strike, and answers. */
export function serve(service: Service, clock: Clock, signal: AbortSignal) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    // A reset in the middle of a body, or the simulator's own stop: nobody is left to answer.
    answer(service, clock, signal, req, res).catch(() => req.socket.destroy())
  }
}

async function answer(
  service: Service,
  clock: Clock,
  signal: AbortSignal,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const call = await read(req)
  if (call === undefined) return send(res, service, service.tooLarge())
  const fault = service.fault(call)
  const finish = (reply: Reply): Reply => {
    service.record(call, fault.kind, reply)
    return reply
  }
  if (fault.kind === 'reset') {
    service.record(call, fault.kind, null)
    req.socket.destroy()
    return
  }
  if (fault.kind === 'late') req.socket.destroy()
  if (fault.delayMs > 0) await clock.sleep(fault.delayMs, signal)
  if (fault.kind === 'throttle') {
    return send(res, service, finish(service.throttled(fault.retryAfterSeconds)))
  }
  if (fault.kind === 'error') return send(res, service, finish(service.failed()))
  const reply = finish(await service.handle(call))
  if (fault.kind === 'lost') req.socket.destroy()
  else if (fault.kind !== 'late') send(res, service, reply)
}

async function read(req: IncomingMessage): Promise<Call | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
  }
  if (bytes > bodyBytesMax) return undefined
  const target = req.url ?? '/'
  const mark = target.indexOf('?')
  return {
    method: req.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: req.headers,
    text: Buffer.concat(chunks).toString('utf8'),
  }
}

/** As recorded: of Cosmos DB's resource provider without a charset, of the vault with one. */
const contentTypeOf = ({ name }: Service): string =>
  name === 'arm' ? 'application/json' : 'application/json; charset=utf-8'

function send(res: ServerResponse, service: Service, reply: Reply): void {
  const body = reply.body === undefined ? '' : JSON.stringify(reply.body)
  const headers: Record<string, string> = {
    ...service.headers(),
    ...(body === '' ? {} : { 'content-type': contentTypeOf(service) }),
    'content-length': `${Buffer.byteLength(body)}`,
    ...reply.headers,
  }
  const { method = 'GET', url = '/' } = res.req
  const text = method === 'HEAD' ? '' : body
  const { status } = reply
  res.writeHead(status, headers)
  res.end(text)
  if (!answers.hasSubscribers) return
  answers.publish({ service: service.name, method, url, status, headers, text } satisfies Answer)
}
