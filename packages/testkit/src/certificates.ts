import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const
const hourMs = 3_600_000

x509.cryptoProvider.set(webcrypto)

/** All PEM. */
export interface Issued {
  readonly cert: string
  readonly key: string
}

export interface Wanted {
  readonly commonName: string
  readonly dns?: readonly string[]
  readonly uris?: readonly string[]
  /** From now on, in ms; negative: it was over before it began to be used. */
  readonly validMs?: number
}

/** A certificate authority that lives as long as a test. */
export class Authority {
  readonly ca: string
  readonly #subject: string
  readonly #keys: webcrypto.CryptoKeyPair

  private constructor(subject: string, keys: webcrypto.CryptoKeyPair, ca: string) {
    this.#subject = subject
    this.#keys = keys
    this.ca = ca
  }

  static async make(name: string): Promise<Authority> {
    const keys = await newKeys()
    const subject = `CN=${name}`
    const extensions = [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ]
    const ca = await x509.X509CertificateGenerator.create({
      ...{ issuer: subject, subject, publicKey: keys.publicKey, extensions },
      ...{ signingAlgorithm, signingKey: keys.privateKey, ...span(24 * hourMs) },
    })
    return new Authority(subject, keys, ca.toString())
  }

  /** For a server on loopback, or for a client. */
  async issue({ commonName, dns = [], uris = [], validMs = hourMs }: Wanted): Promise<Issued> {
    const keys = await newKeys()
    const names = [
      ...[...dns, 'localhost'].map(value => ({ type: 'dns' as const, value })),
      ...uris.map(value => ({ type: 'url' as const, value })),
      { type: 'ip' as const, value: '127.0.0.1' },
    ]
    const { clientAuth, serverAuth } = x509.ExtendedKeyUsage
    const cert = await x509.X509CertificateGenerator.create({
      ...{ issuer: this.#subject, subject: `CN=${commonName}`, publicKey: keys.publicKey },
      ...{ signingAlgorithm, signingKey: this.#keys.privateKey, ...span(validMs) },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([clientAuth, serverAuth]),
        new x509.SubjectAlternativeNameExtension(names),
        await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ],
    })
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
    return { cert: cert.toString(), key: x509.PemConverter.encode(key, 'PRIVATE KEY') }
  }
}

const newKeys = () => webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])

const span = (validMs: number) => ({
  notBefore: new Date(Date.now() - 48 * hourMs),
  notAfter: new Date(Date.now() + validMs),
})
