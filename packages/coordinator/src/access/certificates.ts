import type { IncomingMessage } from 'node:http'
import { type DetailedPeerCertificate, type PeerCertificate, TLSSocket } from 'node:tls'
import { Refusal } from '../api/problem.ts'
import type { WallClock } from '../ports.ts'
import { isName } from './claims.ts'
import type { Authenticator, Identity } from './identity.ts'
import type { CertificateOptions } from './options.ts'

type Certificate = Pick<
  PeerCertificate,
  'subject' | 'issuer' | 'subjectaltname' | 'valid_from' | 'valid_to'
>

/** Knows people and members by the certificate of their connection. */
export const byCertificate =
  (options: CertificateOptions, clock: WallClock): Authenticator =>
  async request => {
    const certificate = certificateOf(request)
    if (certificate === null) return null
    if (!certificate.authorized) {
      throw refused('It is not signed by the authority that this coordinator trusts.')
    }
    // A connection may outlive the certificate that it was opened with.
    if (!isInTime(certificate.peer, clock.now())) throw refused('It is not valid at this time.')
    return identityOf(options, certificate.peer)
  }

const refused = (why: string): Refusal =>
  new Refusal('CERTIFICATE_REFUSED', `The certificate does not hold. ${why}`, {
    // The next one needs a handshake of its own.
    connection: 'close',
  })

const certificateOf = ({ socket }: IncomingMessage) => {
  if (!(socket instanceof TLSSocket)) return null
  const peer: DetailedPeerCertificate = socket.getPeerCertificate(true)
  // Node gives an empty object where none was presented.
  return Object.keys(peer).length === 0 ? null : { peer, authorized: socket.authorized }
}

const isInTime = ({ valid_from, valid_to }: Certificate, now: number): boolean =>
  Date.parse(valid_from) <= now && now < Date.parse(valid_to)

/** @throws {Refusal} CERTIFICATE_REFUSED */
export const identityOf = (options: CertificateOptions, certificate: Certificate): Identity => {
  const names = namesIn(options.name, certificate).filter(isName)
  const proven = {
    by: 'certificate',
    issuer: textOf(certificate.issuer.CN) ?? 'unknown',
    subject: names[0] ?? '',
  } as const
  const person = names.find(name => Object.hasOwn(options.people, name))
  if (person !== undefined) {
    return { ...proven, name: person, subject: person, roles: options.people[person] ?? [] }
  }
  const members = names.map(each => memberIn(options.name, each)).filter(isName)
  const [name] = members
  if (name === undefined || !options.members) {
    throw refused('It names nobody who is known here.')
  }
  const reporting = (member: string): string | null =>
    members.includes(member) ? null : `${name} may not report for ${member}.`
  return { ...proven, name, roles: ['member'], reporting }
}

const namesIn = (where: CertificateOptions['name'], certificate: Certificate): string[] => {
  if (where === 'commonName') return [certificate.subject?.CN].flat().flatMap(one => one ?? [])
  const kind = where === 'dns' ? 'DNS:' : 'URI:'
  return (certificate.subjectaltname ?? '')
    .split(', ')
    .filter(entry => entry.startsWith(kind))
    .map(entry => entry.slice(kind.length))
}

/** A member's name has no slash; a person is no one's namesake from another namespace. */
const memberIn = (where: CertificateOptions['name'], name: string): string =>
  where === 'uri' ? (name.split('/').at(-1) ?? '') : name

const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value
