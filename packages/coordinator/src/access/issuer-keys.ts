import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyGetKey,
} from 'jose'
import { z } from 'zod'
import type { WallClock } from '../ports.ts'
import { type IssuerOptions, keysUrlSchema } from './options.ts'

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Keys are read again after this time at the latest … */
const cacheMsMax = 600_000
/** … and where the issuer is away by then, those known are believed for so long. */
const awayMsMax = 3_600_000
const answerWithinMs = 5_000

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: keysUrlSchema })

/** An issuer cannot be asked: its tokens may hold, or may not. */
export class IssuerAway extends Error {
  override readonly name = 'IssuerAway'
}

/** The keys of an issuer: read when they are needed, kept, and read again when they rotate. */
export const issuerKeys = (options: IssuerOptions, clock: WallClock): JWTVerifyGetKey => {
  const { cooldownMs } = options
  let remote: Promise<ReturnType<typeof createRemoteJWKSet>> | null = null
  let readAt = 0
  const open = async () => {
    const fetchKeys = await fetchOf(options)
    const url = options.jwks ?? (await discovered(options.issuer, fetchKeys))
    return createRemoteJWKSet(new URL(url), {
      cooldownDuration: cooldownMs,
      cacheMaxAge: cacheMsMax,
      timeoutDuration: answerWithinMs,
      [customFetch]: async (at: string, init: RequestInit) => {
        const response = await fetchKeys(at, init)
        if (response.ok) readAt = clock.now()
        return response
      },
    })
  }
  return async (header, token) => {
    remote ??= open()
    const keys = await remote.catch(error => {
      remote = null
      throw new IssuerAway('The keys of the issuer are not found.', { cause: error })
    })
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSENotSupported) {
        throw error
      }
      const known = keys.jwks()
      if (known === undefined || clock.now() - readAt > cacheMsMax + awayMsMax) {
        throw new IssuerAway('The keys of the issuer cannot be read.', { cause: error })
      }
      return createLocalJWKSet(known)(header, token)
    }
  }
}

/** @throws where it is another issuer's, whose keys would sign for this one, or names no https. */
const discovered = async (issuer: string, fetchKeys: Fetch): Promise<string> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const signal = AbortSignal.timeout(answerWithinMs)
  const response = await fetchKeys(url, { signal, redirect: 'manual' })
  const document = discoverySchema.parse(await response.json())
  if (document.issuer !== issuer) throw new TypeError('the discovery document is of another issuer')
  return document.jwks_uri
}

/** Undici is loaded only where Node's own `fetch` would not do: it cannot be told whom to trust. */
const fetchOf = async ({ ca, jwksToken }: IssuerOptions): Promise<Fetch> => {
  const bearer = (): Record<string, string> =>
    jwksToken === undefined
      ? {}
      : { authorization: `Bearer ${readFileSync(jwksToken, 'utf8').trim()}` }
  const withBearer = (init: RequestInit): RequestInit => {
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(bearer())) headers.set(name, value)
    return { ...init, headers }
  }
  if (ca === undefined) return (url, init) => fetch(url, withBearer(init))
  const { Agent, fetch: ours } = await import('undici')
  const trusted = [...getCACertificates('default'), readFileSync(ca, 'utf8')]
  const dispatcher = new Agent({ connect: { ca: trusted } })
  return (url, init) =>
    ours(url, { ...withBearer(init), dispatcher } as Parameters<
      typeof ours
    >[1]) as unknown as Promise<Response>
}
