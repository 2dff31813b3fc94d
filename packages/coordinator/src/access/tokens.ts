import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '@keyturn/protocol'
import { z } from 'zod'
import { Refusal } from '../api/problem.ts'
import { type Authenticator, bearerOf } from './identity.ts'

/** Tokens of our own, in plain: those that are kept so, or were made just now. */
export type Tokens = Readonly<Partial<Record<Role, string>>>

export interface TokenBook {
  readonly plain: Tokens
  readonly digests: ReadonlyMap<Role, Buffer>
}

/** For a first try: a token for each role, made at the first start. */
export const openTokens = (
  directory: string,
  are: 'files' | 'printed',
  roles: readonly Role[],
): TokenBook => (are === 'files' ? fromFiles(directory, roles) : fromHashes(directory, roles))

/** `operator.token` and its like, readable by the owner alone. */
const fromFiles = (directory: string, roles: readonly Role[]): TokenBook => {
  const plain: Partial<Record<Role, string>> = {}
  for (const role of roles) {
    const path = join(directory, `${role}.token`)
    if (!existsSync(path)) writeFileSync(path, `${newToken()}\n`, { mode: 0o600, flag: 'wx' })
    plain[role] = readFileSync(path, 'utf8').trim()
  }
  return { plain, digests: digestsOf(plain) }
}

const hashesSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/))

/** `tokens.json` has their hashes: whoever reads the disk or a backup of it cannot present one. */
const fromHashes = (directory: string, roles: readonly Role[]): TokenBook => {
  const path = join(directory, 'tokens.json')
  const known = existsSync(path) ? hashesSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : {}
  const fresh = roles.filter(role => known[role] === undefined)
  const plain = Object.fromEntries(fresh.map(role => [role, newToken()])) as Tokens
  for (const [role, made] of digestsOf(plain)) known[role] = made.toString('hex')
  if (fresh.length > 0) writeFileSync(path, JSON.stringify(known, null, 2), { mode: 0o600 })
  const digests = roles.map(role => [role, Buffer.from(known[role] ?? '', 'hex')] as const)
  return { plain, digests: new Map(digests) }
}

const newToken = (): string => randomBytes(32).toString('base64url')

const digestsOf = (plain: Tokens): ReadonlyMap<Role, Buffer> =>
  new Map(Object.entries(plain).map(([role, token]) => [role as Role, digest(token)]))

/** Knows the role by the token that is presented; hashed, so that length tells nothing. */
export const byToken =
  ({ digests }: TokenBook): Authenticator =>
  async request => {
    const presented = bearerOf(request)
    if (presented === null) return null
    const hash = digest(presented)
    for (const [role, known] of digests) {
      if (known.length === hash.length && timingSafeEqual(hash, known)) return identityOf(role)
    }
    throw new Refusal('TOKEN_REFUSED', 'This is no token of this coordinator.')
  }

const identityOf = (role: Role) => ({
  ...{ name: role, roles: [role], by: 'token' as const, issuer: null, subject: role },
  ...(role === 'member' ? { reporting: () => null } : {}),
})

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
