import { type Report, type Role, readers } from '@keyturn/protocol'
import type { JWTPayload } from 'jose'
import type { Identity } from './identity.ts'
import type { IssuerOptions, MembersOptions, PeopleOptions } from './options.ts'

type Claim = PeopleOptions['name']

/** What a verified token says of who presents it; `null`: nobody that is known here. */
export const identityOf = (
  { issuer, people, members }: Pick<IssuerOptions, 'issuer' | 'people' | 'members'>,
  payload: JWTPayload,
): Identity | null => {
  const { sub: subject } = payload
  if (subject === undefined) return null
  const proven = { by: 'jwt', issuer, subject } as const
  const member = members && memberOf(members, payload)
  if (member) return { ...proven, roles: ['member'], ...member }
  const name = people && textOf(payload, people.name)
  if (!people || !name || !isName(name)) return null
  return { ...proven, name, roles: rolesOf(people, payload) }
}

/** Said in journals and sentences: one line, and not endless. */
export const isName = (name: string): boolean =>
  name.length > 0 && name.length <= 200 && !/\p{C}/u.test(name)

const rolesOf = ({ from, roles }: PeopleOptions, payload: JWTPayload): readonly Role[] => {
  const claim = claimOf(payload, from)
  const said = (Array.isArray(claim) ? claim : [claim]).filter(each => typeof each === 'string')
  const has = said.flatMap(each => (Object.hasOwn(roles, each) ? (roles[each] ?? []) : []))
  return readers.filter(role => has.includes(role))
}

const memberOf = (
  members: MembersOptions,
  payload: JWTPayload,
): Pick<Identity, 'name' | 'reporting'> | null => {
  if (members.is === 'claim') {
    const name = textOf(payload, members.claim)
    if (!name || !isName(name) || !Object.hasOwn(members.names, name)) return null
    const patterns = members.names[name] ?? []
    return {
      name,
      reporting: member => (patterns.some(fits(member)) ? null : notFor(name, member)),
    }
  }
  return podOf(members.serviceAccounts, payload)
}

const fits =
  (name: string) =>
  (pattern: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

const notFor = (name: string, member: string): string => `${name} may not report for ${member}.`

/**
 * A projected token is bound to its pod: it names pod, uid and namespace. The signature alone is
 * checked here: until it expires, by default within the hour, it outlives a pod that is deleted.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#schema-for-service-account-private-claims
 */
const podOf = (
  serviceAccounts: readonly string[],
  payload: JWTPayload,
): Pick<Identity, 'name' | 'reporting'> | null => {
  const at = (...path: string[]) => textOf(payload, ['kubernetes.io', ...path])
  const [namespace, account] = [at('namespace'), at('serviceaccount', 'name')]
  const [name, uid] = [at('pod', 'name'), at('pod', 'uid')]
  if (!namespace || !account || !name || !uid) return null
  if (payload.sub !== `system:serviceaccount:${namespace}:${account}`) return null
  if (!serviceAccounts.includes(`${namespace}/${account}`)) return null
  const reporting = (member: string, { pod }: Pick<Report, 'pod'>): string | null => {
    if (member !== name) return notFor(name, member)
    const isOther = pod !== undefined && (pod.uid !== uid || pod.namespace !== namespace)
    return isOther ? `The token is of another pod than the report, which names ${name}.` : null
  }
  return { name, reporting }
}

const textOf = (payload: JWTPayload, claim: Claim): string | null => {
  const value = claimOf(payload, claim)
  return typeof value === 'string' ? value : null
}

const claimOf = (payload: JWTPayload, claim: Claim): unknown => {
  const path = typeof claim === 'string' ? [claim] : claim
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined,
    payload,
  )
}
