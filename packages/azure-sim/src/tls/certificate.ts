import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import * as der from './der.ts'

/** What goes into one certificate; RFC 5280 names the fields. */
export interface CertificateRequest {
  readonly subject: string
  readonly issuer: string
  readonly subjectKey: KeyObject
  readonly issuerKey: KeyObject
  readonly signingKey: KeyObject
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly authority: boolean
}

const ecdsaWithSha256 = der.sequence(der.oid('1.2.840.10045.4.3.2'))
const commonName = der.oid('2.5.4.3')
const loopbackNames = Buffer.concat([
  der.implicit(2, Buffer.from('localhost')),
  der.implicit(7, Buffer.from([127, 0, 0, 1])),
  der.implicit(7, Buffer.from([...Array<number>(15).fill(0), 1])),
])

/** Writes and signs an X.509 v3 certificate (ECDSA with SHA-256); returns PEM. */
export function certificate(request: CertificateRequest): string {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(serial),
    ecdsaWithSha256,
    name(request.issuer),
    der.sequence(der.time(request.notBeforeMs), der.time(request.notAfterMs)),
    name(request.subject),
    publicKeyInfo(request.subjectKey),
    der.explicit(3, der.sequence(...extensions(request))),
  )
  const signature = sign('sha256', body, { key: request.signingKey, dsaEncoding: 'der' })
  const whole = der.sequence(body, ecdsaWithSha256, der.bits(signature))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function extensions(request: CertificateRequest): Buffer[] {
  const keyIds = [
    extension('2.5.29.14', false, der.octets(keyId(request.subjectKey))),
    extension('2.5.29.35', false, der.sequence(der.implicit(0, keyId(request.issuerKey)))),
  ]
  if (request.authority) {
    const pathOfNone = der.sequence(der.truth(), der.integer(Buffer.of(0)))
    const mayOnlySign = der.bits(Buffer.of(0b0000_0110), 1)
    return [
      extension('2.5.29.19', true, pathOfNone),
      extension('2.5.29.15', true, mayOnlySign),
      ...keyIds,
    ]
  }
  return [
    extension('2.5.29.19', true, der.sequence()),
    extension('2.5.29.15', true, der.bits(Buffer.of(0b1000_0000), 7)),
    extension('2.5.29.37', false, der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, der.sequence(loopbackNames)),
    ...keyIds,
  ]
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der.truth()] : []
  return der.sequence(der.oid(id), ...flag, der.octets(value))
}

function name(common: string): Buffer {
  return der.sequence(der.set(der.sequence(commonName, der.utf8(common))))
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

/** RFC 7093, method 1: the leftmost 160 bits of SHA-256 over the public key. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(publicKeyInfo(key)).digest().subarray(0, 20)
}
