import { type Role, readers, roles } from '@keyturn/protocol'
import { z } from 'zod'

const fileSchema = z.string().min(1)

const wordSchema = z.strictObject({ acceptedBy: z.string().min(1), reason: z.string().min(1) })

/** Where nothing leaves the machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** Where the API listens. */
export const listenSchema = z
  .strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.int().min(0).max(65535).default(8443),
    /** PEM files; read again while it runs, so that certificates may be renewed under it. */
    tls: z
      .strictObject({
        cert: fileSchema,
        key: fileSchema,
        /** Who signs the certificates of clients; without it none is asked for. */
        clientCa: fileSchema.optional(),
        /** How often the files are looked at, in ms. */
        rereadMs: z.int().min(10).max(3_600_000).default(10_000),
      })
      .optional(),
    /** Somebody's word that plain HTTP may leave the machine: a proxy or a mesh has the TLS. */
    plain: wordSchema.optional(),
  })
  .refine(
    ({ host, tls, plain }) => tls !== undefined || plain !== undefined || isLoopback(host),
    'plain HTTP beyond loopback shows tokens to the network: give it tls, or say in plain who accepts that and why',
  )

const roleSchema = z.enum(roles)
const personRoleSchema = z.enum(readers)

/** What a claim has to say for a role; a person may have several. */
const rolesOfSchema = z.record(z.string().min(1), z.array(personRoleSchema).min(1))

/** A claim by its name, or by the path to it. */
const claimSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

const peopleSchema = z.strictObject({
  /** What the journal calls a person. Whoever approves is compared by it with who started. */
  name: claimSchema.default('sub'),
  /** Where roles stand: Entra's `roles`, or `groups`. */
  from: claimSchema.default('roles'),
  roles: rolesOfSchema,
})

const membersSchema = z.union([
  /** Projected service-account tokens: the member is the pod that the token is bound to. */
  z.strictObject({
    is: z.literal('kubernetes'),
    /** `namespace/name` of each service account whose pods are members. */
    serviceAccounts: z.array(z.string().regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/)).min(1),
  }),
  /** Workload identities: by a claim, which members one of them speaks for; `*` may end a name. */
  z.strictObject({
    is: z.literal('claim'),
    claim: claimSchema.default('sub'),
    names: z.record(z.string().min(1), z.array(z.string().regex(/^[A-Za-z0-9._-]*\*?$/)).min(1)),
  }),
])

const secureOrLoopback = (url: string): boolean => {
  const { protocol, hostname } = URL.parse(url) ?? { protocol: '', hostname: '' }
  return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))
}
/** Where an issuer's keys may be read: whoever changes them on their way signs for everybody. */
export const keysUrlSchema = z
  .url({ protocol: /^https?$/ })
  .refine(secureOrLoopback, 'keys of an issuer come over https')

export const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
] as const

export const issuerSchema = z
  .strictObject({
    /** As tokens say it, to the letter. */
    issuer: z.string().min(1),
    /** What tokens have to be made for. */
    audience: z.string().min(1),
    /** Where its keys are; by default where `/.well-known/openid-configuration` says. */
    jwks: keysUrlSchema.optional(),
    /** PEM of an authority to trust for it, besides the system's. */
    ca: fileSchema.optional(),
    /** A file with a token to present when its keys are read, as Kubernetes asks. */
    jwksToken: fileSchema.optional(),
    algorithms: z
      .array(z.enum(algorithms))
      .min(1)
      .default([...algorithms]),
    /** How far clocks may be apart, in ms. */
    clockToleranceMs: z.int().min(0).max(600_000).default(60_000),
    /** Between two looks for a key that is not known, in ms. */
    cooldownMs: z.int().min(0).max(3_600_000).default(30_000),
    people: peopleSchema.optional(),
    members: membersSchema.optional(),
  })
  .refine(({ people, members }) => people ?? members, 'says neither people nor members')
  .refine(
    ({ issuer, jwks }) => jwks !== undefined || keysUrlSchema.safeParse(issuer).success,
    'the issuer is no URL that begins with https: say where its keys are with jwks',
  )

export const certificatesSchema = z.strictObject({
  /** Where the name stands. Of a URI the whole names a person, and its last part a member. */
  name: z.enum(['commonName', 'dns', 'uri']).default('commonName'),
  /** Certificates of people, by name. */
  people: rolesOfSchema.default({}),
  /** Whether every other one is a member's, who reports under a name that stands in it. */
  members: z.boolean().default(true),
})

/** Who may ask, and how that is known. */
export const accessSchema = z.strictObject({
  issuers: z.array(issuerSchema).default([]),
  certificates: certificatesSchema.optional(),
  tokens: z
    .strictObject({
      /**
       * `files`: kept in the data directory, for whoever may read it. `printed`: said once, when
       * they are made, and kept as hashes.
       */
      are: z.enum(['files', 'printed', 'none']).default('files'),
      /** By default those of whom nothing else here would know anybody. */
      roles: z.array(roleSchema).optional(),
    })
    .default({ are: 'files' }),
  limits: z
    .strictObject({
      /** Of one person, over ten seconds. */
      requestsPerSecond: z.int().min(1).max(100_000).default(500),
      /** Of one member, over ten seconds. */
      reportsPerSecond: z.int().min(1).max(100_000).default(20),
      /** Questions of one person for which Azure is asked. */
      looksPerMinute: z.int().min(1).max(100_000).default(60),
    })
    .prefault({}),
})

export type Listen = z.infer<typeof listenSchema>
export type Access = z.infer<typeof accessSchema>
export type IssuerOptions = z.infer<typeof issuerSchema>
export type PeopleOptions = z.infer<typeof peopleSchema>
export type MembersOptions = z.infer<typeof membersSchema>
export type CertificateOptions = z.infer<typeof certificatesSchema>

/** For whom a token of our own is made. */
export const tokenRoles = ({ issuers, certificates, tokens }: Access): readonly Role[] => {
  if (tokens.are === 'none') return []
  if (tokens.roles) return tokens.roles
  const people = Object.keys(certificates?.people ?? {}).length > 0
  const knowsPeople = people || issuers.some(issuer => issuer.people !== undefined)
  const knowsMembers =
    certificates?.members === true || issuers.some(issuer => issuer.members !== undefined)
  return roles.filter(role => (role === 'member' ? !knowsMembers : !knowsPeople))
}
