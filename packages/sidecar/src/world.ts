import type { Chance, Clock } from '@keyturn/keyring'
import type { LocalDesk } from './local/desk.ts'
import type { MetricsPage } from './metrics/page.ts'
import type { Tally } from './metrics/tally.ts'
import type { CoordinatorLine, Disk, PresenceSockets } from './ports.ts'
import type { AccountRead, Credentials } from './probe/account-read.ts'
import type { RenderWorld } from './render/world.ts'

/** Where clients reach the desk. */
export interface Counter {
  /** Of the local API on TCP. */
  readonly url?: string | null
  /** Of the port for health and metrics. */
  readonly healthUrl?: string
  close(): Promise<void>
}

/** What the local API shows of the sidecar itself. */
export interface Watched {
  readonly page: MetricsPage
  readonly tally: Tally
}

/** All that a sidecar reaches of the world: time, chance, its disk, and whoever it talks to. */
export interface SidecarPorts {
  readonly clock: Clock
  readonly chance: Chance
  /** A name that no other process has, ever. */
  readonly newId: () => string
  /** `null`: nothing is durable, and the member says so. */
  readonly disk: Disk | null
  readonly presence: PresenceSockets
  readonly readAccount: (endpoint: string, credentials: Credentials) => Promise<AccountRead>
  /** `null`: none is configured. */
  readonly coordinator: CoordinatorLine | null
  /** @throws SidecarError SOCKET_IN_USE, SOCKET_UNUSABLE, TOKEN_UNUSABLE */
  readonly listen: (desk: LocalDesk, watched: Watched) => Promise<Counter>
  /** Left out: nothing is rendered. */
  readonly rendering?: RenderWorld
  /** Between two looks at how the source stands, for the log, in ms. */
  readonly sourceLookMs: number
}
