import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** What an HTTPS server needs, and what its clients must trust. All PEM. */
export interface TlsIdentity {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

const dayMs = 86_400_000
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const
const issuer = 'CN=azure-sim certificate authority'

x509.cryptoProvider.set(webcrypto)

/**
 * Makes a certificate authority that lives as long as the process, and one leaf for `localhost`,
 * 127.0.0.1 and ::1.
 *
 * The authority's private key is dropped on return, so that nothing else can ever be signed with
 * it. Validity starts a day early: a client whose clock is a little behind must still connect.
 */
export async function makeTlsIdentity(nowMs: number): Promise<TlsIdentity> {
  const [authority, leaf] = await Promise.all([newKeys(), newKeys()])
  const common = {
    issuer,
    signingAlgorithm,
    signingKey: authority.privateKey,
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + 365 * dayMs),
  }
  const ca = await x509.X509CertificateGenerator.create({
    ...common,
    subject: issuer,
    publicKey: authority.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  })
  const cert = await x509.X509CertificateGenerator.create({
    ...common,
    subject: 'CN=localhost',
    publicKey: leaf.publicKey,
    extensions: await leafExtensions(leaf.publicKey, authority.publicKey),
  })
  return { key: await privatePem(leaf.privateKey), cert: cert.toString(), ca: ca.toString() }
}

const leafExtensions = async (
  own: webcrypto.CryptoKey,
  authority: webcrypto.CryptoKey,
): Promise<x509.Extension[]> => [
  new x509.BasicConstraintsExtension(false, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
  new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
  new x509.SubjectAlternativeNameExtension([
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
  ]),
  await x509.SubjectKeyIdentifierExtension.create(own),
  await x509.AuthorityKeyIdentifierExtension.create(authority),
]

const newKeys = () => webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])

const privatePem = async (key: webcrypto.CryptoKey): Promise<string> =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
