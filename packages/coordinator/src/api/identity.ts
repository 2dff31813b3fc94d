import type { Role } from '@keyturn/protocol'
import type { Request } from 'express'

/** Who asks, as an authenticator has found. */
export interface Identity {
  /** What the journal calls it. */
  readonly name: string
  readonly roles: readonly Role[]
  /** Whether the name is proven. A token that several people hold proves its role alone. */
  readonly isProven: boolean
  /** As a member: for whom it may report. */
  readonly speaksFor: (member: string) => boolean
}

/** @throws {Refusal} TOKEN_MISSING, TOKEN_REFUSED */
export type Authenticator = (request: Request) => Identity | Promise<Identity>
