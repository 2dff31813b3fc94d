import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readers } from '@keyturn/protocol'
import type { Authenticator } from './identity.ts'
import { Refusal } from './problem.ts'

export type Tokens = Readonly<Record<'member' | 'operator', string>>

/** Reads `member.token` and `operator.token`, made at the first start, readable by the owner. */
export const readTokens = (directory: string): Tokens => {
  const token = (role: keyof Tokens): string => {
    const path = join(directory, `${role}.token`)
    if (!existsSync(path)) {
      writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    }
    return readFileSync(path, 'utf8').trim()
  }
  return { member: token('member'), operator: token('operator') }
}

/** Knows who asks by the token presented; hashed, so that length tells nothing. */
export const byToken =
  (tokens: Tokens): Authenticator =>
  request => {
    const [scheme, presented] = (request.get('authorization') ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || presented === undefined) {
      throw new Refusal('TOKEN_MISSING', 'Present a token of this coordinator as a bearer token.')
    }
    const is = (role: keyof Tokens) => timingSafeEqual(digest(presented), digest(tokens[role]))
    if (is('member')) {
      return { name: 'member', roles: ['member'], isProven: false, speaksFor: () => true }
    }
    if (is('operator')) {
      return { name: 'operator', roles: readers, isProven: false, speaksFor: () => false }
    }
    throw new Refusal('TOKEN_REFUSED', 'This is no token of this coordinator.')
  }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
