import { clientLabel, isTaken, mayLeave, notServing, refusalFor } from '@keyturn/core'
import type { LiveKeyset } from '@keyturn/keyring'
import {
  acknowledgementSchema,
  clientAttachSchema,
  clientUsageSchema,
  nameSchema,
  type Readiness,
} from '@keyturn/protocol'
import type { Log } from '../log.ts'
import type { PresenceWatch } from '../presence/watch.ts'
import type { PassiveClients } from '../render/passive-clients.ts'
import { isPassiveId } from '../render/rendered-file.ts'
import type { Recorder } from '../state/recorder.ts'
import type { MemberStore } from '../store.ts'
import { KeysetText, type Printable } from './keyset-text.ts'
import { Refused } from './refused.ts'
import { type StreamSink, Streams } from './streams.ts'

/** Twice as many as one sidecar is meant for; each costs a line on its disk and a watch. */
const clientsMax = 2_000

export interface DeskParts {
  readonly store: MemberStore
  readonly recorder: Recorder
  readonly presence: PresenceWatch
  /** The keyset that the member's state speaks of. */
  readonly held: () => LiveKeyset | null
  /** A client whose keys are refused asks for something newer; settles in bounded time. */
  readonly onRefresh: () => Promise<void>
  /** Clients that read a rendered file. */
  readonly passive: PassiveClients
  /** Since the source last answered, in ms; `null`: it never did. */
  readonly sourceAgeMs: () => number | null
  /** A source that is silent for longer makes the sidecar not ready. */
  readonly stalenessMsMax: number
  readonly log: Log
}

/** What clients may ask of a sidecar, whatever carries the question. Each throws `Refused`. */
export class LocalDesk {
  readonly #parts: DeskParts
  readonly #keyset: KeysetText
  readonly #streams: Streams

  constructor(parts: DeskParts) {
    const { store, presence, held } = parts
    this.#parts = parts
    this.#keyset = new KeysetText(held)
    this.#streams = new Streams({
      store,
      keyset: this.#keyset,
      onOpen: id => presence.stop(id),
      onClose: id => {
        store.apply({ is: 'disconnected', id })
        presence.start(id)
      },
    })
  }

  /** Takes a client; it is on the disk before this settles. */
  async attach(id: unknown, body: unknown): Promise<void> {
    const { store, recorder, presence, log } = this.#parts
    const attached = clientAttachSchema.safeParse(body)
    if (!attached.success) throw new Refused('BAD_REQUEST')
    const client = { id: activeIdOf(id), ...attached.data }
    if (isTaken(store.state.clients, client)) throw new Refused('CLIENT_ID_TAKEN')
    const known = store.state.clients.find(one => one.id === client.id)
    const isFull = store.state.clients.length >= clientsMax
    if (known === undefined && isFull) throw new Refused('TOO_MANY_CLIENTS')
    store.apply({ is: 'attached', client })
    if (!this.#streams.has(client.id)) presence.startLater(client.id)
    await recorder.record()
    const event = known === undefined ? 'client-attached' : 'client-returned'
    log.info({ event, client: clientLabel(client), pid: client.pid }, 'A client attached.')
  }

  /**
   * Lets a client go. It is off the disk before this settles: its presence socket goes with its
   * answer, and a sidecar that still remembered it after a restart could never prove its end.
   */
  async goodbye(id: unknown, body: unknown): Promise<void> {
    const { store, recorder, presence, log } = this.#parts
    const sample = sampleOf(body)
    const client = this.#client(this.#leaverOf(id))
    store.apply({ is: 'goodbye', id: client.id, sample })
    if (!mayLeave(sample)) throw new Refused('CLIENT_IN_FLIGHT')
    this.#streams.end(client.id)
    presence.stop(client.id)
    await recorder.record()
    log.info({ event: 'client-left', client: clientLabel(client) }, 'A client said goodbye.')
  }

  sample(id: unknown, body: unknown): void {
    const sample = sampleOf(body)
    const client = this.#client(activeIdOf(id))
    this.#parts.store.apply({ is: 'sampled', id: client.id, sample })
  }

  /** The consumer of a rendered file says that it has loaded a version of it. */
  acknowledge(id: unknown, body: unknown): void {
    const said = acknowledgementSchema.safeParse(body)
    if (!said.success) throw new Refused('BAD_REQUEST')
    const client = this.#parts.passive.find(idOf(id))
    if (client === undefined) throw new Refused('CLIENT_UNKNOWN')
    if (!client.acknowledge(said.data.version)) throw new Refused('NOT_RENDERED')
  }

  /** @param refresh whether the source is asked first. */
  async keyset(id: string, refresh: boolean): Promise<Printable> {
    const { store, onRefresh } = this.#parts
    if (isPassiveId(id)) throw new Refused('CLIENT_PASSIVE')
    const isKnown = store.state.clients.some(client => client.id === id)
    if (isKnown && refresh) await onRefresh()
    const refusal = refusalFor(store.state, id)
    const current = this.#keyset.current()
    if (refusal !== null) throw new Refused(refusal)
    if (current === null) throw new Refused('NO_KEYSET')
    return current
  }

  /**
   * Follows the keyset: what is held now, and every swap.
   * @param resumeFrom the mark of what the client holds.
   * @param open called once the client is known not to be refused.
   * @returns to be called when the stream is closed, from whichever side.
   */
  stream(id: string, resumeFrom: string | undefined, open: () => StreamSink): () => void {
    if (isPassiveId(id)) throw new Refused('CLIENT_PASSIVE')
    const refusal = refusalFor(this.#parts.store.state, id)
    if (refusal === 'CLIENT_UNKNOWN' || refusal === 'CLIENT_NOT_RECORDED') {
      throw new Refused(refusal)
    }
    return this.#streams.open(id, resumeFrom, open())
  }

  /** Ready means: a client that attaches now is handed a keyset, by a source that answers. */
  readiness(): Readiness {
    const { store, sourceAgeMs, stalenessMsMax } = this.#parts
    const { held, joining } = store.state
    const refusal = notServing(store.state)
    if (refusal !== null) throw new Refused(refusal)
    if ((sourceAgeMs() ?? 0) > stalenessMsMax) throw new Refused('KEYSET_STALE')
    return { status: 'ready', version: held?.version ?? null, joining }
  }

  /** Ends every stream; those who followed them are not lost by it. */
  close(): void {
    this.#streams.endAll()
  }

  /** The reader of a file that is rendered no more is looked after by nobody: its owner's word counts. */
  #leaverOf(id: unknown): string {
    const name = idOf(id)
    if (this.#parts.passive.find(name) !== undefined) throw new Refused('CLIENT_PASSIVE')
    return name
  }

  #client(id: string) {
    const client = this.#parts.store.state.clients.find(one => one.id === id)
    if (client === undefined) throw new Refused('CLIENT_UNKNOWN')
    return client
  }
}

const idOf = (id: unknown): string => {
  const { success, data } = nameSchema.safeParse(id)
  if (!success) throw new Refused('BAD_REQUEST')
  return data
}

/** Of a client that speaks for itself. */
const activeIdOf = (id: unknown): string => {
  const name = idOf(id)
  if (isPassiveId(name)) throw new Refused('CLIENT_PASSIVE')
  return name
}

const sampleOf = (body: unknown) => {
  const sample = clientUsageSchema.safeParse(body)
  if (!sample.success) throw new Refused('BAD_REQUEST')
  return sample.data
}
