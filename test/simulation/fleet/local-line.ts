import type { LocalAnswer, LocalRequest, LocalStream, SidecarLine } from '@keyturn/keyring'
import type { LocalDesk } from '../../../packages/sidecar/src/local/desk.ts'
import { problems, Refused } from '../../../packages/sidecar/src/local/refused.ts'
import type { SimProcess } from '../time/process.ts'
import { Pipe } from './pipe.ts'

/** A sidecar that listens: its process, and what answers there. */
export interface Listener {
  readonly process: SimProcess
  readonly desk: LocalDesk
}

/** Both ends of the socket between a client and the sidecar of its pod. */
export interface Cable {
  readonly client: SimProcess
  /** `null`: nobody listens. */
  listener(): Listener | null
  /** Whether the client cannot reach its sidecar at present. */
  isCut(): boolean
  /** Every open stream, to be broken when the cable is cut. */
  readonly streams: Set<() => void>
}

const answerTimeoutMs = 5_000
const wireMs = 1
const header = 'keyturn-client'

const refused = (): Error => Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' })
const reset = (): Error => Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' })

/** The local socket in virtual time: order is kept, a dead end resets, a stopped one is silent. */
export const localLine = (cable: Cable): SidecarLine => ({
  ask: (asked, signal) => ask(cable, asked, signal),
  open: (asked, signal) => open(cable, asked, signal),
  close: () => {},
})

const ask = (cable: Cable, asked: LocalRequest, signal: AbortSignal): Promise<LocalAnswer> =>
  exchange(cable, signal, answerTimeoutMs, ({ desk }, answer) => {
    void answerFrom(desk, asked).then(answer)
  })

/** One question over the cable: `serve` runs in the sidecar's process. */
const exchange = <T>(
  { client, listener, isCut }: Cable,
  signal: AbortSignal,
  withinMs: number,
  serve: (there: Listener, answer: (value: T) => void) => void,
): Promise<T> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const late = client.after(withinMs, () => end(() => reject(new Error('ETIMEDOUT'))))
    const onAbort = (): void => end(() => reject(signal.reason))
    let forget = (): void => {}
    const end = (settle: () => void): void => {
      late.run = null
      forget()
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const back = (settle: () => void): void => void client.after(wireMs, () => end(settle))
    client.timeline.after(wireMs, () => {
      const there = listener()
      if (there === null || isCut()) return back(() => reject(refused()))
      forget = there.process.whenDead(() => back(() => reject(reset())))
      there.process.deliver(() => serve(there, value => back(() => resolve(value))))
    })
  })

const answerFrom = async (desk: LocalDesk, asked: LocalRequest): Promise<LocalAnswer> => {
  const { method, path, body, headers = {} } = asked
  const [, , , id, rest] = path.split('/')
  try {
    if (method === 'PUT') await desk.attach(id, body)
    else if (method === 'DELETE') await desk.goodbye(id, body)
    else if (method === 'POST' && rest === 'usage') desk.sample(id, body)
    else {
      const refresh = headers['cache-control'] === 'no-cache'
      const keyset = await desk.keyset(headers[header] ?? '', refresh)
      return { status: 200, text: keyset.print() }
    }
    return { status: 204, text: '' }
  } catch (error) {
    return { status: statusOf(error), text: '' }
  }
}

/** As the HTTP front has it: what the disk refuses is 503, and our own fault is 500. */
const statusOf = (error: unknown): number => {
  if (error instanceof Refused) return problems[error.code].status
  if (error instanceof Error && error.name === 'SidecarError') return 503
  throw error
}

const open = async (
  cable: Cable,
  asked: LocalRequest,
  signal: AbortSignal,
): Promise<LocalStream> => {
  const { client } = cable
  const pipe = new Pipe()
  const headers = asked.headers ?? {}
  const status = await exchange<number>(cable, signal, answerTimeoutMs, (there, answer) => {
    const { desk, process } = there
    let isOpen = true
    let closed = (): void => {}
    const forgetters: (() => void)[] = []
    const close = (atClient: () => void): void => {
      if (!isOpen) return
      isOpen = false
      cable.streams.delete(cut)
      for (const forget of forgetters) forget()
      client.after(wireMs, atClient)
      process.after(wireMs, () => closed())
    }
    const cut = (): void => close(() => pipe.fail(reset()))
    const sink = {
      write: (text: string) => {
        if (isOpen) client.after(wireMs, () => pipe.push(text))
      },
      end: () => close(() => pipe.fail(reset())),
    }
    try {
      closed = desk.stream(headers[header] ?? '', headers['last-event-id'], () => sink)
    } catch (error) {
      return answer(statusOf(error))
    }
    cable.streams.add(cut)
    forgetters.push(process.whenDead(cut), client.whenDead(cut))
    pipe.onDrop = () => close(() => {})
    answer(200)
  })
  signal.addEventListener(
    'abort',
    () => {
      pipe.fail(signal.reason)
      pipe.drop()
    },
    { once: true },
  )
  if (signal.aborted) pipe.fail(signal.reason)
  return { status, chunks: pipe, drop: () => pipe.drop() }
}
