import type { LocationRequest } from './locations.ts'
import type { Operation } from './operation.ts'

/** What an operator may switch on the account resource. */
export interface AccountFlags {
  disableLocalAuth: boolean
  disableKeyBasedMetadataWriteAccess: boolean
  capabilities: readonly string[]
  tags: Readonly<Record<string, string>>
}

/** What PATCH and PUT change at once. */
export interface AccountUpdate {
  readonly flags?: Partial<AccountFlags>
  /** All regions that the account shall have. */
  readonly locations?: readonly LocationRequest[]
  /** What else happens when the change does. */
  readonly also?: () => void
}

/** Where the account is in its life; `deleting` ends as `absent`. */
export type Life = 'creating' | 'present' | 'deleting' | 'absent'

/** What became of a request for a long-running operation. */
export type Started =
  | { readonly operation: Operation }
  /** Another operation holds the exclusive lock. */
  | { readonly refused: 'locked' }
  | { readonly refused: 'invalid'; readonly why: string }

/** As a new account has them. */
export const newFlags = (): AccountFlags => ({
  disableLocalAuth: false,
  disableKeyBasedMetadataWriteAccess: false,
  capabilities: [],
  tags: {},
})

export const invalid = (why: string): Started => ({ refused: 'invalid', why })
