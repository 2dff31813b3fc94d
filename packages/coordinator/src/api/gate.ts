import type { CoordinatorOperation } from '@keyturn/protocol'
import type { Request, RequestHandler, Response } from 'express'
import type { Identity } from '../access/identity.ts'
import { addressOf } from './denials.ts'
import { Refusal } from './problem.ts'
import type { RateLimits } from './rate-limits.ts'

/** @throws {Refusal} where nobody is known by what was presented. */
export type Authenticate = (request: Request) => Promise<Identity>

interface Gate {
  readonly authenticate: Authenticate
  readonly limits: RateLimits
}

/** Before anything of the request is read: who asks, whether they may, and how often. */
export const identified =
  (operation: CoordinatorOperation, gate: Gate): RequestHandler =>
  async (request, response, next) => {
    const { may, looks } = operation
    if (may !== null) {
      const identity = await known(request, gate)
      response.locals['identity'] = identity
      await gate.limits.asked(identity)
      if (!identity.roles.some(role => may.includes(role))) {
        const sentence = `${identity.name} may not do that: it takes the role ${may.join(' or ')}.`
        throw new Refusal('ROLE_MISSING', sentence)
      }
      if (looks) await gate.limits.looked(identity)
    }
    next()
  }

/** Whoever is known passes, however many others of that address were refused. */
const known = async (request: Request, { authenticate, limits }: Gate): Promise<Identity> => {
  try {
    return await authenticate(request)
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) await limits.refused(addressOf(request))
    throw error
  }
}

const nobody: Identity = {
  ...{ name: 'nobody', roles: [], by: 'token', issuer: null, subject: 'nobody' },
}

export const identityIn = ({ locals }: Response): Identity | null =>
  (locals['identity'] as Identity | undefined) ?? null

export const identityOf = (response: Response): Identity => identityIn(response) ?? nobody

/**
 * A browser that was led here by another site may bring its owner's certificate along: no request
 * of another site is answered, and no header ever invites one.
 */
export const sameSiteOnly: RequestHandler = (request, _response, next) => {
  const site = request.get('sec-fetch-site')
  const origin = request.get('origin')
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && hostOf(origin) !== request.get('host'))
  if (isForeign) {
    throw new Refusal('CROSS_SITE', 'Another site has made a browser ask this: it is not answered.')
  }
  next()
}

const hostOf = (origin: string): string | null => URL.parse(origin)?.host ?? null

/** For an API that is never a page of anybody else's; `getPage` sets a policy of its own. */
export const guarded: RequestHandler = (request, response, next) => {
  response.setHeader('cache-control', 'no-store')
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  if (request.secure) response.setHeader('strict-transport-security', 'max-age=31536000')
  next()
}
