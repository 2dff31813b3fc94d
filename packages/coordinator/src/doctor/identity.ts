import type { TokenCredential } from '@azure/core-auth'
import { z } from 'zod'
import { publicArm } from '../azure/arm-get.ts'
import { type Asked, type Facts, type Identity, known } from './facts.ts'
import { type Finding, trouble, well } from './finding.ts'
import { unknown } from './unknown.ts'

const claimsSchema = z.object({ oid: z.string().optional(), tid: z.string().optional() })

/** Whom Azure takes this process for: role assignments name that object. */
export const askIdentity = async (
  credential: TokenCredential,
  armEndpoint = publicArm,
): Promise<Asked<Identity>> => {
  try {
    const token = await credential.getToken(`${armEndpoint}/.default`)
    if (token === null) return { known: false, why: 'no credential was found' }
    return known(identityIn(token.token))
  } catch (error) {
    return unknown(error)
  }
}

/** Read, not verified: Azure judges the token, this is for people only. */
const identityIn = (token: string): Identity => {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    const { oid = null, tid = null } = claimsSchema.parse(JSON.parse(payload))
    return { objectId: oid, tenant: tid }
  } catch {
    return { objectId: null, tenant: null }
  }
}

export const judgeIdentity = ({ identity, configured }: Facts): readonly Finding[] => {
  if (!identity.known) {
    return [
      trouble('identity')(
        'wrong',
        'SIGN_IN_FAILED',
        `Azure gives this process no token (${identity.why}).`,
        `Sign in as the coordinator will: a managed or workload identity, AZURE_CLIENT_ID and its secret, or az login; the authority is ${configured.authority} (AZURE_AUTHORITY_HOST).`,
      ),
    ]
  }
  const { objectId, tenant } = identity.value
  const who = objectId === null ? 'an identity' : `object ${objectId}`
  return [well('identity', `Signed in as ${who}${tenant === null ? '' : ` of tenant ${tenant}`}.`)]
}
