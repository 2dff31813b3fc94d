import type { RequestHandler } from 'express'
import { Refused } from './refused.ts'

/** Whoever sends one of these is not an application of this pod, but something that relays. */
const foreignHeaders = ['origin', 'x-forwarded-for', 'forwarded', 'sec-fetch-site'] as const

/** Refuses requests that a browser or a proxy was made to send. */
export const refuseForeign: RequestHandler = (request, _response, next) => {
  if (foreignHeaders.some(name => request.headers[name] !== undefined)) {
    throw new Refused('BROWSER_REFUSED')
  }
  next()
}
