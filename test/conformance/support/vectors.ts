import { createSecretKey } from 'node:crypto'
import type { AccountKey, KeyRing } from '../../../packages/azure-sim/src/account/types.ts'
import { type Address, parseAddress } from '../../../packages/azure-sim/src/cosmos/address.ts'
import {
  type AuthenticationRules,
  authenticate,
} from '../../../packages/azure-sim/src/cosmos/authenticate.ts'
import {
  vectors as table,
  type Vector,
} from '../../../packages/azure-sim/test/cosmos/support/vectors.ts'
import { azureSpec } from '../../../packages/azure-sim/test/specs.ts'

interface PublishedVector extends Omit<Vector, 'authorization'> {
  readonly expectedAuthorization: string
}

/** Those of the file, or of our table of the same facts where the file is absent. */
export const publishedVectors = async (): Promise<readonly Vector[]> => {
  if (azureSpec.skip !== false) return table
  const { vectors } = (await azureSpec.read('cosmos/vectors.json')) as {
    vectors: readonly PublishedVector[]
  }
  return vectors.map(({ expectedAuthorization, ...vector }) => ({
    ...vector,
    authorization: expectedAuthorization,
  }))
}

/** The path that was called. One vector signs a link that is not of its type: no path has it. */
export const pathOfVector = ({ url, resourceType, resourceLink }: Vector): string | null => {
  if (typeof url === 'string') return new URL(url).pathname
  if (resourceLink === '') return `/${resourceType}`
  return resourceLink.split('/').at(-2) === resourceType ? `/${resourceLink}` : null
}

/** What the simulator makes of the request; every part can be put in another's place. */
export interface Request {
  readonly verb: string
  readonly type: string
  readonly link: string
  readonly date: string
  readonly signature: Buffer
  readonly key: Buffer
}

export const requestOf = (vector: Vector): Request => {
  const path = pathOfVector(vector)
  const { resourceType, resourceLink, verb, date, authorization, key } = vector
  const address = path === null ? { type: resourceType, link: resourceLink } : parseAddress(path)
  const signature = decodeURIComponent(authorization).replace('type=master&ver=1.0&sig=', '')
  return {
    ...{ verb, date, type: address.type, link: address.link },
    signature: Buffer.from(signature, 'latin1'),
    key: Buffer.from(key, 'base64'),
  }
}

const noResourceTokens = {
  judge: () => {
    throw new Error('No vector has a resource token.')
  },
} as unknown as AuthenticationRules['tokens']

const accountKey = (bytes: Buffer): AccountKey => ({
  ...{ kind: 'primary', generation: 1, readOnly: false, thumbprint: '', value: '' },
  secret: createSecretKey(bytes),
})

/** Whether the simulator's own authentication takes it, at any time of day. */
export const isAccepted = async (request: Request, header?: string): Promise<boolean> => {
  const { verb, type, link, date, signature, key } = request
  const keys: KeyRing = { keysTakenBy: () => [accountKey(key)], keysKnown: () => [] }
  const window = { aheadMs: Number.POSITIVE_INFINITY, behindMs: Number.POSITIVE_INFINITY }
  const rules: AuthenticationRules = {
    ...{ keys, window, tokens: noResourceTokens },
    entra: () => undefined,
    disableLocalAuth: () => false,
  }
  const address: Address = { type, link, segments: [], isFeed: false, ridBased: false }
  const written = `type=master&ver=1.0&sig=${signature.toString('latin1')}`
  const headers = { 'x-ms-date': date, authorization: header ?? encodeURIComponent(written) }
  const asked = { region: 'West US', verb, address, headers, now: 0 }
  const { refusal } = await authenticate(rules, asked)
  return refusal === null
}
