import type { IncomingMessage } from 'node:http'
import { tokenHeader } from '@keyturn/protocol'
import { headerOf } from './call.ts'
import { Refused } from './refused.ts'
import type { TokenFile } from './token-file.ts'

/** Whoever sends one of these is not an application of this pod, but something that relays. */
const foreignHeaders = [
  'origin',
  'x-forwarded-for',
  'x-forwarded-host',
  'forwarded',
  'via',
  'sec-fetch-site',
] as const

/** What a request has to show before anything else of it is read. */
export interface Access {
  /** The port that `Host` has to name; `null`: a Unix socket, where any port may stand. */
  readonly port: () => number | null
  /** `null`: a Unix socket, which its mode protects. */
  readonly token: TokenFile | null
}

/** Looks at a request before anything else does; throws `Refused`. */
export type Guard = (request: IncomingMessage) => Promise<void> | void

/** Refuses requests that a browser or a proxy was made to send. */
export const refuseForeign: Guard = ({ headers }) => {
  if (foreignHeaders.some(name => headers[name] !== undefined)) {
    throw new Refused('BROWSER_REFUSED')
  }
}

/** What a client leaves out of `Host`. */
const httpPort = 80
const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i

/** A name that somebody else's DNS points to this machine is not ours: rebinding ends here. */
export const refuseOtherHosts =
  ({ port }: Access): Guard =>
  ({ headers }) => {
    const host = loopbackHost.exec(headers.host ?? '')
    const own = port()
    const isOurs = host !== null && (own === null || Number(host[1] ?? httpPort) === own)
    if (!isOurs) throw new Refused('HOST_REFUSED')
  }

/** The socket's mode says who may come; on TCP everybody on the machine can, so a token says it. */
export const requireToken =
  ({ token }: Access): Guard =>
  async request => {
    if (token !== null && !(await token.admits(headerOf(request, tokenHeader)))) {
      throw new Refused('TOKEN_REFUSED')
    }
  }
