import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { certificate } from './certificate.ts'

/** What an HTTPS server needs, and what its clients must trust. All PEM. */
export interface TlsIdentity {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

const dayMs = 86_400_000
const newKeys = () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })

/**
 * Makes a certificate authority that lives as long as the process, and one leaf for `localhost`,
 * 127.0.0.1 and ::1.
 *
 * The authority's private key is dropped on return, so that nothing else can ever be signed with
 * it. Validity starts a day early: a client whose clock is a little behind must still connect.
 */
export async function makeTlsIdentity(nowMs: number): Promise<TlsIdentity> {
  const [authority, leaf] = await Promise.all([newKeys(), newKeys()])
  const issuer = 'azure-sim certificate authority'
  const common = {
    issuer,
    issuerKey: authority.publicKey,
    signingKey: authority.privateKey,
    notBeforeMs: nowMs - dayMs,
    notAfterMs: nowMs + 365 * dayMs,
  }
  const ca = { subject: issuer, subjectKey: authority.publicKey, authority: true }
  const server = { subject: 'localhost', subjectKey: leaf.publicKey, authority: false }
  return {
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: certificate({ ...common, ...server }),
    ca: certificate({ ...common, ...ca }),
  }
}
