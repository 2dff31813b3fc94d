import type { LiveKeyset } from '@keyturn/keyring'
import type { Log } from '../log.ts'
import type { PresenceWatch } from '../presence/watch.ts'
import type { Recorder } from '../state/recorder.ts'
import type { MemberStore } from '../store.ts'
import { KeysetText } from './keyset-text.ts'
import { type Listening, listen } from './listen.ts'
import { localApp } from './routes.ts'
import { Streams } from './streams.ts'

export interface LocalApiParts {
  readonly socket: string
  readonly mode: number
  readonly store: MemberStore
  readonly recorder: Recorder
  readonly presence: PresenceWatch
  /** The keyset that the member's state speaks of. */
  readonly held: () => LiveKeyset | null
  readonly onRefresh: () => Promise<void>
  readonly log: Log
}

/**
 * The sidecar's socket, with what a client's coming and going means for the member.
 * @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE
 */
export const openLocalApi = async (parts: LocalApiParts): Promise<Listening> => {
  const { socket, mode, store, recorder, presence, held, onRefresh, log } = parts
  const keyset = new KeysetText(held)
  const streams = new Streams({
    store,
    keyset,
    onOpen: id => presence.stop(id),
    onClose: id => {
      store.apply({ is: 'disconnected', id })
      presence.start(id)
    },
  })
  const app = localApp({
    store,
    recorder,
    keyset,
    streams,
    log,
    onAttach: id => {
      if (!streams.has(id)) presence.start(id)
    },
    onGoodbye: id => presence.stop(id),
    onRefresh,
  })
  const listening = await listen(socket, mode, app)
  return {
    path: listening.path,
    close: () => {
      streams.endAll()
      return listening.close()
    },
  }
}
