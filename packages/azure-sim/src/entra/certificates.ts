import 'reflect-metadata'
import { createHash, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate that is registered with an application, as Entra keeps it. */
export interface RegisteredCertificate {
  /** Hexadecimal SHA-1, as portals and errors name it. */
  readonly thumbprint: string
  /** How an assertion's header names it: `x5t` and `x5t#S256`. */
  readonly x5t: string
  readonly x5tS256: string
  readonly publicKey: KeyObject
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
}

/** A client's certificate with its private key, both PEM. It opens nothing but the simulator. */
export interface ClientCertificate {
  readonly certificate: string
  readonly privateKey: string
}

const dayMs = 86_400_000
const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const

/** @throws TypeError where this is no PEM certificate with an RSA key */
export function registered(pem: string): RegisteredCertificate {
  const certificate = new X509Certificate(pem)
  const { publicKey, raw } = certificate
  if (publicKey.asymmetricKeyType !== 'rsa') throw new TypeError('The key is not an RSA key.')
  const sha1 = createHash('sha1').update(raw).digest()
  return {
    thumbprint: sha1.toString('hex').toUpperCase(),
    x5t: sha1.toString('base64url'),
    x5tS256: createHash('sha256').update(raw).digest('base64url'),
    publicKey,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  }
}

/** A self-signed certificate, such as one registers with an application. */
export async function makeClientCertificate(
  commonName: string,
  nowMs: number,
): Promise<ClientCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + 365 * dayMs),
  })
  const exported = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return {
    certificate: certificate.toString(),
    privateKey: x509.PemConverter.encode(exported, 'PRIVATE KEY'),
  }
}
