import type { Account } from '../account/account.ts'
import type { KeyUsage } from '../account/usage.ts'
import type { Clock } from '../clock.ts'
import type { Verified } from '../entra/tokens.ts'
import type { Call } from '../http/call.ts'
import type { ArmLimits } from './limits.ts'
import type { ResourceNames } from './resource.ts'

/** What ARM is told of, and where it looks. */
export interface ArmOptions {
  readonly account: Account
  readonly usage: KeyUsage
  readonly names: ResourceNames
  readonly clock: Clock
  readonly limits: ArmLimits
  readonly verify: (call: Call) => Promise<Verified>
  /** `https://localhost:PORT`, known once the server listens. */
  readonly url: () => string
  /** The account's global endpoint, with a slash at the end. */
  readonly globalEndpoint: () => string
  /** Authority and tenant, as challenges name them. */
  readonly authorization: () => string
}
