import type { Clock } from '../clock.ts'
import type { Principal } from './principals.ts'
import type { TokenAuthority } from './tokens.ts'

/** What Entra is told of, and where it looks. */
export interface EntraOptions {
  readonly tenantId: string
  /** Entra's own clock, which may be wrong. */
  readonly clock: Clock
  readonly authority: TokenAuthority
  readonly principals: readonly Principal[]
  /** Resources that tokens can be asked for, without a slash at the end. */
  readonly audiences: () => readonly string[]
  /** How long the next token for this client lives, in seconds; the usual time where absent. */
  readonly lifetimeSeconds?: (clientId: string) => number
  /** `https://localhost:PORT`, known once the server listens. */
  readonly url: () => string
}
