import { tokenHeader } from '@keyturn/protocol'
import type { RequestHandler } from 'express'
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

/** Refuses requests that a browser or a proxy was made to send. */
export const refuseForeign: RequestHandler = (request, _response, next) => {
  if (foreignHeaders.some(name => request.headers[name] !== undefined)) {
    throw new Refused('BROWSER_REFUSED')
  }
  next()
}

/** What a client leaves out of `Host`. */
const httpPort = 80
const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i

/** A name that somebody else's DNS points to this machine is not ours: rebinding ends here. */
export const refuseOtherHosts =
  ({ port }: Access): RequestHandler =>
  (request, _response, next) => {
    const host = loopbackHost.exec(request.headers.host ?? '')
    const own = port()
    const isOurs = host !== null && (own === null || Number(host[1] ?? httpPort) === own)
    if (!isOurs) throw new Refused('HOST_REFUSED')
    next()
  }

/** The socket's mode says who may come; on TCP everybody on the machine can, so a token says it. */
export const requireToken =
  ({ token }: Access): RequestHandler =>
  async (request, _response, next) => {
    if (token !== null && !(await token.admits(request.get(tokenHeader)))) {
      throw new Refused('TOKEN_REFUSED')
    }
    next()
  }
