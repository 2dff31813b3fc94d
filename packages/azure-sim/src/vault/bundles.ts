import { asObject } from '../http/call.ts'
import {
  type DeletedSecret,
  recoverableDays,
  type Secret,
  type SecretProperties,
  type SecretVersion,
} from './store.ts'
import { showsRecoverableDays } from './versions.ts'

/** Whose vault it is, and in which version of the API it answers. */
export interface View {
  readonly url: string
  readonly apiVersion: string
}

/** A version as JSON, with its value: what `get` and `set` answer. */
export function bundle(view: View, name: string, version: SecretVersion) {
  return { value: version.value, ...propertiesBundle(view, name, version) }
}

/** The same without the value: what `update`, `delete` and the version list answer. */
export function propertiesBundle(view: View, name: string, version: SecretVersion) {
  return { ...item(view, version), id: `${view.url}/secrets/${name}/${version.version}` }
}

/** An entry of the list of secrets: the latest version's properties under the unversioned id. */
export function listItem(view: View, secret: Secret) {
  const latest = secret.versions.at(-1)
  return { ...(latest ? item(view, latest) : {}), id: `${view.url}/secrets/${secret.name}` }
}

export function deletedItem(view: View, deleted: DeletedSecret) {
  return { ...deletion(view.url, deleted), ...listItem(view, deleted.secret) }
}

export function deletedBundle(view: View, deleted: DeletedSecret) {
  const { name, versions } = deleted.secret
  const latest = versions.at(-1)
  const properties = latest ? propertiesBundle(view, name, latest) : {}
  return { ...deletion(view.url, deleted), ...properties }
}

function deletion(vaultUrl: string, { secret, deletedAt, purgeAt }: DeletedSecret) {
  return {
    recoveryId: `${vaultUrl}/deletedsecrets/${secret.name}`,
    deletedDate: deletedAt,
    scheduledPurgeDate: purgeAt,
  }
}

function item({ apiVersion }: View, version: SecretVersion) {
  return {
    contentType: version.contentType,
    attributes: {
      enabled: version.enabled,
      nbf: version.notBefore,
      exp: version.expires,
      created: version.created,
      updated: version.updated,
      recoveryLevel: 'Recoverable+Purgeable',
      ...(showsRecoverableDays(apiVersion) ? { recoverableDays } : {}),
    },
    tags: version.tags,
  }
}

/** What a request body sets; a sentence where something in it is of the wrong kind. */
export function readProperties(body: Record<string, unknown>): SecretProperties | string {
  const { contentType, tags } = body
  const attributes = body['attributes'] === undefined ? {} : asObject(body['attributes'])
  const fits = (type: string) => type.length <= contentTypeMax
  if (contentType !== undefined && (typeof contentType !== 'string' || !fits(contentType))) {
    return wrong('contentType')
  }
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

/** Published ("About Azure Key Vault secrets"): characters of a content type; tags, each part. */
const contentTypeMax = 255
const tagsMax = 15
const tagPartMax = 256

function isTags(pairs: Record<string, unknown> | undefined): pairs is Record<string, string> {
  if (pairs === undefined) return false
  const entries = Object.entries(pairs)
  return (
    entries.length <= tagsMax &&
    entries.every(
      ([name, value]) =>
        typeof value === 'string' && name.length <= tagPartMax && value.length <= tagPartMax,
    )
  )
}

function wrong(property: string): string {
  return `Property has invalid value: ${property}`
}
