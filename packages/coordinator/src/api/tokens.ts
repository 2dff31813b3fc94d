import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NextFunction, Request, Response } from 'express'
import { Refusal } from './problem.ts'

export type Role = 'member' | 'operator'

export type Tokens = Readonly<Record<Role, string>>

/** Reads `member.token` and `operator.token`, made at the first start, readable by the owner. */
export const readTokens = (directory: string): Tokens => {
  const token = (role: Role): string => {
    const path = join(directory, `${role}.token`)
    if (!existsSync(path)) {
      writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    }
    return readFileSync(path, 'utf8').trim()
  }
  return { member: token('member'), operator: token('operator') }
}

/** Lets through who presents the token of the role; hashed, so that length tells nothing. */
export const requires =
  (role: Role, tokens: Tokens) =>
  (request: Request, _response: Response, next: NextFunction): void => {
    const [scheme, presented] = (request.get('authorization') ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'bearer' || presented === undefined) {
      throw new Refusal(401, 'TOKEN_MISSING', `Present the ${role} token as a bearer token.`)
    }
    if (!timingSafeEqual(digest(presented), digest(tokens[role]))) {
      throw new Refusal(403, 'TOKEN_REFUSED', `This is not the ${role} token of this coordinator.`)
    }
    next()
  }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
