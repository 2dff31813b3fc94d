import type { IncomingHttpHeaders } from 'node:http'
import type { AccountKey } from '../account/types.ts'
import type { Address } from './address.ts'
import type { ServiceError } from './errors.ts'
import type { DataRole } from './identity/data-roles.ts'

/** What a request comes with that decides whether it is let in. */
export interface Credentials {
  readonly region: string
  readonly verb: string
  readonly address: Address
  readonly headers: IncomingHttpHeaders
  /** The time that the region has. */
  readonly now: number
}

/** What a caller came with, whether or not it was taken. */
export type Scheme = 'key' | 'resourceToken' | 'entra'

/** Whose token a request carries: a principal, as far as the data plane looks at it. */
export interface EntraCaller {
  readonly objectId: string
  /** What it was given by name, `*` standing for anything. */
  readonly actions: readonly string[]
  readonly roles: readonly DataRole[]
}

export interface Verdict {
  readonly scheme: Scheme
  /** Who signed, as far as any key this account has or had tells; also of a refused request. */
  readonly key: AccountKey | null
  /** Whose token of Entra it is, once that is known to be good. */
  readonly caller: EntraCaller | null
  readonly refusal: ServiceError | null
}
