import { type Action, actions, grants } from '../entra/principals.ts'
import type { Caller, Verified } from '../entra/tokens.ts'
import { type Call, jsonObject, type Reply } from '../http/call.ts'
import { type Params, Routes } from '../http/routes.ts'
import type { Backups } from './backup.ts'
import {
  bundle,
  deletedBundle,
  deletedItem,
  listItem,
  propertiesBundle,
  readProperties,
} from './bundles.ts'
import * as refusals from './errors.ts'
import type { VaultLimit } from './limits.ts'
import { page } from './pages.ts'
import type { SecretStore } from './store.ts'

export interface VaultOptions {
  readonly name: string
  /** ARM resource id, as refusals name it. */
  readonly resourceId: string
  readonly store: SecretStore
  readonly backups: Backups
  /** Absent where the published limit is not enforced. */
  readonly limit?: VaultLimit | undefined
  readonly verify: (call: Call) => Promise<Verified>
  /** `https://localhost:PORT`, known once the server listens. */
  readonly url: () => string
  /** Authority and tenant, as the challenge names them. */
  readonly authorization: () => string
}

/** Published limit of a secret's value: 25 KB. */
const valueBytesMax = 25_600
const validName = /^[0-9a-zA-Z-]{1,127}$/

/** What a request does, and the action that it takes a grant for. */
interface Operation {
  readonly action: Action
  readonly run: (vault: VaultOptions, call: Call, names: Params) => Reply
}

const operation = (action: Action, run: Operation['run']): Operation => ({ action, run })
const get = operation(actions.secretGet, getSecret)
const update = operation(actions.secretUpdate, updateSecret)

export const routes = new Routes<Operation>()
  .on('PUT', '/secrets/:name', operation(actions.secretSet, setSecret))
  .on('GET', '/secrets/:name', get)
  .on('GET', '/secrets/:name/', get)
  .on('GET', '/secrets', operation(actions.secretReadMetadata, listSecrets))
  .on('GET', '/secrets/:name/versions', operation(actions.secretReadMetadata, listVersions))
  .on('GET', '/secrets/:name/:version', get)
  .on('PATCH', '/secrets/:name/', update)
  .on('PATCH', '/secrets/:name/:version', update)
  .on('DELETE', '/secrets/:name', operation(actions.secretDelete, remove))
  .on('POST', '/secrets/:name/backup', operation(actions.secretBackup, backup))
  .on('POST', '/secrets/restore', operation(actions.secretRestore, restore))
  .on('GET', '/deletedsecrets', operation(actions.secretReadMetadata, listDeleted))
  .on('GET', '/deletedsecrets/:name', operation(actions.secretReadMetadata, getDeleted))
  .on('POST', '/deletedsecrets/:name/recover', operation(actions.secretRecover, recover))
  .on('DELETE', '/deletedsecrets/:name', operation(actions.secretPurge, purge))

/** Key Vault's secrets, from the challenge to the purge. */
export function createVault(vault: VaultOptions): (call: Call) => Promise<Reply> {
  return async call => {
    // The challenge comes first whatever is asked, so that strangers learn nothing.
    const verified = await vault.verify(call)
    if ('problem' in verified) return refusals.unauthorized(verified.problem, vault.authorization())
    const waitSeconds = vault.limit?.take()
    const reply =
      waitSeconds === undefined
        ? answer(vault, call, verified.caller)
        : refusals.throttled(waitSeconds)
    return { ...reply, note: { caller: verified.caller.principal.clientId } }
  }
}

function answer(vault: VaultOptions, call: Call, caller: Caller): Reply {
  if (!call.query.get('api-version')) {
    return refusals.badParameter('api-version must be specified')
  }
  const match = routes.find(call.method, call.path)
  if (match === undefined) return refusals.notFound(call.path)
  if ('allow' in match) return refusals.methodNotAllowed()
  const { name } = match.params
  if (name !== undefined && !validName.test(name)) return refusals.invalidName(name)
  const { action, run } = match.route
  if (grants(caller.principal.actions, action)) return run(vault, call, match.params)
  const resource = `${vault.resourceId.toLowerCase()}${name ? `/secrets/${name}` : ''}`
  return refusals.forbidden({ caller, action, resource, vault: vault.name })
}

const ok = (body: unknown): Reply => ({ status: 200, body })

function setSecret({ store, url }: VaultOptions, call: Call, { name = '' }: Params): Reply {
  if (store.deleted(name)) return refusals.deletedButRecoverable(name)
  const body = jsonObject(call)
  const value = body?.['value']
  if (body === undefined || typeof value !== 'string') {
    return refusals.badParameter('Property has invalid value: value')
  }
  if (Buffer.byteLength(value) > valueBytesMax) {
    return refusals.badParameter(`The secret value is longer than ${valueBytesMax} bytes.`)
  }
  const properties = readProperties(body)
  if (typeof properties === 'string') return refusals.badParameter(properties)
  return ok(bundle(url(), store.get(name)?.name ?? name, store.set(name, value, properties)))
}

function getSecret(
  { store, url }: VaultOptions,
  _: Call,
  { name = '', version = '' }: Params,
): Reply {
  const found = store.version(name, version)
  if (found === undefined) return refusals.secretNotFound(version ? `${name}/${version}` : name)
  if (!found.enabled) return refusals.disabledSecret()
  return ok(bundle(url(), store.get(name)?.name ?? name, found))
}

function updateSecret({ store, url }: VaultOptions, call: Call, names: Params): Reply {
  const { name = '', version = '' } = names
  const found = store.version(name, version)
  if (found === undefined) return refusals.secretNotFound(version ? `${name}/${version}` : name)
  const body = jsonObject(call)
  const properties = body ? readProperties(body) : 'The request body is not a JSON object.'
  if (typeof properties === 'string') return refusals.badParameter(properties)
  store.update(found, properties)
  return ok(propertiesBundle(url(), store.get(name)?.name ?? name, found))
}

function listSecrets({ store, url }: VaultOptions, call: Call): Reply {
  return page(
    url(),
    call,
    store.list().map(secret => listItem(url(), secret)),
  )
}

/** In the order of the version ids: the service promises no order, so no caller may rely on one. */
function listVersions({ store, url }: VaultOptions, call: Call, { name = '' }: Params): Reply {
  const secret = store.get(name)
  const versions = [...(secret?.versions ?? [])].sort((a, b) => (a.version < b.version ? -1 : 1))
  return page(
    url(),
    call,
    versions.map(version => propertiesBundle(url(), secret?.name ?? name, version)),
  )
}

function remove({ store, url }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  const deleted = store.delete(name)
  return deleted ? ok(deletedBundle(url(), deleted)) : refusals.secretNotFound(name)
}

function recover({ store, url }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  const secret = store.recover(name)
  const latest = secret?.versions.at(-1)
  if (secret === undefined || latest === undefined) return refusals.deletedSecretNotFound(name)
  return ok(propertiesBundle(url(), secret.name, latest))
}

function listDeleted({ store, url }: VaultOptions, call: Call): Reply {
  const items = store.listDeleted().map(deleted => deletedItem(url(), deleted))
  return page(url(), call, items)
}

function getDeleted({ store, url }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  const deleted = store.deleted(name)
  return deleted ? ok(deletedBundle(url(), deleted)) : refusals.deletedSecretNotFound(name)
}

function purge({ store }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  return store.purge(name) ? { status: 204 } : refusals.deletedSecretNotFound(name)
}

function backup({ store, backups }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  const secret = store.get(name)
  return secret ? ok({ value: backups.seal(secret) }) : refusals.secretNotFound(name)
}

function restore({ store, backups, url }: VaultOptions, call: Call): Reply {
  const secret = backups.open(String(jsonObject(call)?.['value'] ?? ''))
  const latest = secret?.versions.at(-1)
  if (secret === undefined || latest === undefined) {
    return refusals.badParameter('Backup blob contains invalid or corrupt version.')
  }
  const { name } = secret
  if (store.deleted(name)) return refusals.deletedButRecoverable(name)
  if (store.get(name)) return refusals.alreadyThere(name)
  store.restore(secret)
  return ok(propertiesBundle(url(), name, latest))
}
