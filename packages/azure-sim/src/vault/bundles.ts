import { asObject } from '../http/call.ts'
import {
  type DeletedSecret,
  recoverableDays,
  type Secret,
  type SecretProperties,
  type SecretVersion,
} from './store.ts'

/** A version as JSON, with its value: what `get` and `set` answer. */
export function bundle(vaultUrl: string, name: string, version: SecretVersion) {
  return { value: version.value, ...propertiesBundle(vaultUrl, name, version) }
}

/** The same without the value: what `update`, `delete` and the version list answer. */
export function propertiesBundle(vaultUrl: string, name: string, version: SecretVersion) {
  return { ...item(version), id: `${vaultUrl}/secrets/${name}/${version.version}` }
}

/** An entry of the list of secrets: the latest version's properties under the unversioned id. */
export function listItem(vaultUrl: string, secret: Secret) {
  const latest = secret.versions.at(-1)
  return { ...(latest ? item(latest) : {}), id: `${vaultUrl}/secrets/${secret.name}` }
}

export function deletedItem(vaultUrl: string, deleted: DeletedSecret) {
  return { ...deletion(vaultUrl, deleted), ...listItem(vaultUrl, deleted.secret) }
}

export function deletedBundle(vaultUrl: string, deleted: DeletedSecret) {
  const { name, versions } = deleted.secret
  const latest = versions.at(-1)
  const properties = latest ? propertiesBundle(vaultUrl, name, latest) : {}
  return { ...deletion(vaultUrl, deleted), ...properties }
}

function deletion(vaultUrl: string, { secret, deletedAt, purgeAt }: DeletedSecret) {
  return {
    recoveryId: `${vaultUrl}/deletedsecrets/${secret.name}`,
    deletedDate: deletedAt,
    scheduledPurgeDate: purgeAt,
  }
}

function item(version: SecretVersion) {
  return {
    contentType: version.contentType,
    attributes: {
      enabled: version.enabled,
      nbf: version.notBefore,
      exp: version.expires,
      created: version.created,
      updated: version.updated,
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays,
    },
    tags: version.tags,
  }
}

/** What a request body sets; a sentence where something in it is of the wrong kind. */
export function readProperties(body: Record<string, unknown>): SecretProperties | string {
  const { contentType, tags } = body
  const attributes = body['attributes'] === undefined ? {} : asObject(body['attributes'])
  if (contentType !== undefined && typeof contentType !== 'string') return wrong('contentType')
  if (attributes === undefined) return wrong('attributes')
  const { enabled, nbf, exp } = attributes
  if (enabled !== undefined && typeof enabled !== 'boolean') return wrong('enabled')
  if (nbf !== undefined && !Number.isInteger(nbf)) return wrong('nbf')
  if (exp !== undefined && !Number.isInteger(exp)) return wrong('exp')
  const pairs = tags === undefined ? undefined : asObject(tags)
  if (tags !== undefined && !isTags(pairs)) return wrong('tags')
  return {
    contentType,
    tags: isTags(pairs) ? pairs : undefined,
    enabled,
    notBefore: typeof nbf === 'number' ? nbf : undefined,
    expires: typeof exp === 'number' ? exp : undefined,
  }
}

function isTags(pairs: Record<string, unknown> | undefined): pairs is Record<string, string> {
  return pairs !== undefined && Object.values(pairs).every(value => typeof value === 'string')
}

function wrong(property: string): string {
  return `Property has invalid value: ${property}`
}
