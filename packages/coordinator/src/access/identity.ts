import type { IncomingMessage } from 'node:http'
import type { Report, Role } from '@keyturn/protocol'

/** Who asks, as an authenticator has found. */
export interface Identity {
  /** What the journal calls it. */
  readonly name: string
  readonly roles: readonly Role[]
  readonly by: 'token' | 'jwt' | 'certificate'
  /** Of a JWT or a certificate; a token of our own has none. */
  readonly issuer: string | null
  /** The issuer's own name for it, which never changes hands. */
  readonly subject: string
  /**
   * As a member: `null`, or why it may not send that report under that name. Absent: it is none.
   */
  readonly reporting?: (name: string, report: Pick<Report, 'pod'>) => string | null
}

/**
 * Finds out who asks. `null`: nothing was presented that this one knows.
 * @throws {Refusal} where what was presented does not hold
 */
export type Authenticator = (request: IncomingMessage) => Promise<Identity | null>

/** What stands after `Bearer`; `null`: nothing of that kind. */
export const bearerOf = ({ headers }: IncomingMessage): string | null =>
  /^bearer ([^ ]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null

/** A token proves a role, and the name beside it is only said. */
export const isProven = ({ by }: Identity): boolean => by !== 'token'
