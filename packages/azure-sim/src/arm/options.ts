import type { Account } from '../account/account.ts'
import type { KeyUsage } from '../account/usage.ts'
import type { Clock } from '../clock.ts'
import type { Verified } from '../entra/tokens.ts'
import type { Call } from '../http/call.ts'
import type { ArmLimits } from './limits.ts'
import type { Lock } from './lock.ts'
import type { RequestCounts } from './request-counts.ts'
import type { ResourceNames } from './resource.ts'
import type { AccountSettings } from './settings.ts'

/** What ARM is told of, and where it looks. */
export interface ArmOptions {
  readonly account: Account
  /** What of the account is shown and changes nothing. */
  readonly settings: AccountSettings
  readonly usage: KeyUsage
  /** How many requests the data plane has answered. */
  readonly requests: RequestCounts
  /** What all its documents take. */
  readonly storedBytes: () => number
  readonly names: ResourceNames
  readonly tenantId: string
  readonly clock: Clock
  readonly limits: ArmLimits
  /** Resource locks, as they are now. */
  readonly locks: () => readonly Lock[]
  readonly verify: (call: Call) => Promise<Verified>
  /** `https://localhost:PORT`, known once the server listens. */
  readonly url: () => string
  /** The account's global endpoint, with a slash at the end. */
  readonly globalEndpoint: () => string
  /** Authority and tenant, as challenges name them. */
  readonly authorization: () => string
}
