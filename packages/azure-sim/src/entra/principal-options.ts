import { randomBytes } from 'node:crypto'
import { guidFrom } from '../guid.ts'
import { check, invalid, type Kind } from '../settings.ts'
import { type RegisteredCertificate, registered } from './certificates.ts'
import { actions, type Principal } from './principals.ts'
import { builtInRoles, type RoleDefinition } from './roles.ts'

/** A principal to add, or to put in the place of one of the two that are there by default. */
export interface PrincipalOptions {
  /** Azure's action names, `*` standing for anything: `['Microsoft.KeyVault/vaults/secrets/*']`. */
  readonly actions?: readonly string[]
  /** Azure's built-in roles by their names: `['Key Vault Secrets User']`. */
  readonly roles?: readonly string[]
  readonly clientSecret?: string
  /** App roles, which its tokens name in `roles`. */
  readonly appRoles?: readonly string[]
  /** Certificates that are registered with it; PEM, RSA keys. */
  readonly certificates?: readonly string[]
  /** The Kubernetes service account that is federated with it. */
  readonly federatedSubject?: string
}

const text: Kind = { says: 'a text', fits: value => typeof value === 'string' }
const texts: Kind = {
  says: 'a list of texts',
  fits: value => Array.isArray(value) && value.every(item => typeof item === 'string'),
}

const kinds: Record<keyof PrincipalOptions, Kind> = {
  actions: texts,
  roles: texts,
  appRoles: texts,
  certificates: texts,
  clientSecret: text,
  federatedSubject: text,
}

/**
 * `operator` may do everything; `reader` may get secrets, which is what sidecars are given.
 *
 * @throws SimError `SIM_OPTION_INVALID`
 */
export function principalsFrom(
  given: Readonly<Record<string, PrincipalOptions>>,
): Readonly<Record<string, Principal>> {
  const wanted: Record<string, PrincipalOptions> = {
    operator: { actions: ['*'] },
    reader: { actions: [actions.secretGet] },
    ...given,
  }
  return Object.fromEntries(
    Object.entries(wanted).map(([name, options]) => [name, principalFrom(name, options)]),
  )
}

function principalFrom(name: string, options: PrincipalOptions): Principal {
  check(`principals.${name}`, options, kinds)
  if (options.actions === undefined && options.roles === undefined) {
    throw invalid(`The principal ${name} has no list of actions.`)
  }
  return {
    name,
    clientId: guidFrom(`application ${name}`),
    objectId: guidFrom(`principal ${name}`),
    clientSecret: options.clientSecret ?? randomBytes(30).toString('base64url'),
    identityHeader: randomBytes(30).toString('base64url'),
    actions: options.actions ?? [],
    roles: (options.roles ?? []).map(role => roleNamed(name, role)),
    appRoles: options.appRoles ?? [],
    certificates: (options.certificates ?? []).map(pem => certificateOf(name, pem)),
    federatedSubject: options.federatedSubject ?? `system:serviceaccount:default:${name}`,
  }
}

function roleNamed(principal: string, name: string): RoleDefinition {
  const found = builtInRoles[name]
  if (found) return found
  const known = Object.keys(builtInRoles).join(', ')
  throw invalid(`The role ${name} of the principal ${principal} is not known; known are ${known}.`)
}

function certificateOf(principal: string, pem: string): RegisteredCertificate {
  try {
    return registered(pem)
  } catch {
    throw invalid(
      `A certificate of the principal ${principal} is not usable: give PEM with an RSA key.`,
    )
  }
}
