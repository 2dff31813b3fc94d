import { setTimeout as sleep } from 'node:timers/promises'
import { type AccountEvent, type AccountEventName, accountEvents } from '@keyturn/protocol'
import { EventSourceParserStream } from 'eventsource-parser/stream'

/** Besides what the coordinator says: that it does not answer now. It is asked again and again. */
export type Followed = AccountEvent | { readonly is: 'away'; readonly sentence: string }

/** Opens the stream; throws what ends it for good, and `Away` what may pass. */
export type OpenEvents = (known: number | null, signal: AbortSignal) => Promise<Response>

/** The coordinator does not answer, or not now: it is asked again. */
export class Away extends Error {
  override readonly name = 'Away'
}

const backoffMs = { first: 250, most: 5_000 } as const
/** Three beats of the coordinator: a line that is silent for longer is dead. */
const silentMsMax = 50_000

/**
 * Follows an account's events until the signal, through restarts of the coordinator: no entry of
 * the journal is missed or told twice.
 * @param known the revision up to which the journal is known; `null`: only what is new
 */
export async function* followEvents(
  open: OpenEvents,
  signal: AbortSignal,
  known: number | null = null,
): AsyncGenerator<Followed, void> {
  let failures = 0
  let revision = known
  while (!signal.aborted) {
    try {
      for await (const event of eventsOf(await open(revision, signal), signal)) {
        failures = 0
        revision = event.revision
        yield event
      }
      if (signal.aborted) return
      // It ends streams now and then, to ask anew who follows; if it is away, the next try says so.
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof Away)) throw error
      yield { is: 'away', sentence: error.message }
    }
    failures += 1
    const waitMs = Math.min(backoffMs.first * 2 ** (failures - 1), backoffMs.most)
    await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

async function* eventsOf(response: Response, signal: AbortSignal): AsyncGenerator<AccountEvent> {
  if (response.body === null) return
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), silentMsMax).unref()
  const heard = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, to) => {
      timer.refresh()
      to.enqueue(chunk)
    },
  })
  const over = AbortSignal.any([signal, silence.signal])
  const events = response.body
    .pipeThrough(heard, { signal: over })
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: 16 * 1024 * 1024 }))
  try {
    for await (const { event, id, data } of events) {
      const parsed = parseEvent(event, id, data)
      if (parsed !== null) yield parsed
    }
  } catch (error) {
    throw new Away('The connection to the coordinator was lost.', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** `null`: a newer coordinator says something that is not known here. */
const parseEvent = (
  is: string | undefined,
  id: string | undefined,
  data: string,
): AccountEvent | null => {
  if (is === undefined || !isKnown(is)) return null
  const parsed = accountEvents[is].safeParse(JSON.parse(data))
  if (!parsed.success) return null
  return { is, revision: Number(id ?? 0), data: parsed.data } as AccountEvent
}

const isKnown = (name: string): name is AccountEventName => Object.hasOwn(accountEvents, name)
