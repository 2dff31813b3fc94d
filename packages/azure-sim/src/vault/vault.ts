import { type Action, actions, may } from '../entra/principals.ts'
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
  type View,
} from './bundles.ts'
import * as refusals from './errors.ts'
import type { VaultLimit } from './limits.ts'
import { page } from './pages.ts'
import type { SecretStore } from './store.ts'
import { latestVersion, vaultVersions } from './versions.ts'

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
const valueMax = 25_600
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
  const version = call.query.get('api-version')
  if (!version) return refusals.badParameter('api-version must be specified')
  if (!vaultVersions.includes(version)) return refusals.unknownVersion(version, latestVersion)
  const match = routes.find(call.method, call.path)
  if (match === undefined) return refusals.notFound(call.path)
  if ('allow' in match) return refusals.methodNotAllowed()
  const { name } = match.params
  if (name !== undefined && !validName.test(name)) return refusals.invalidName(name)
  const { action, run } = match.route
  if (may(caller.principal, action)) return run(vault, call, match.params)
  const resource = `${vault.resourceId.toLowerCase()}${name ? `/secrets/${name}` : ''}`
  return refusals.forbidden({ caller, action, resource, vault: vault.name })
}

const ok = (body: unknown): Reply => ({ status: 200, body })

const viewOf = ({ url }: VaultOptions, call: Call): View => ({
  url: url(),
  apiVersion: call.query.get('api-version') ?? '',
})

/** Why no secret can be made under this name now. */
function nameTaken({ store }: VaultOptions, name: string): Reply | undefined {
  const pending = store.pending(name)
  if (pending) return refusals.cannotBeRecreated(name, pending)
  return store.deleted(name) ? refusals.deletedButRecoverable(name) : undefined
}

function setSecret(vault: VaultOptions, call: Call, { name = '' }: Params): Reply {
  const { store } = vault
  const taken = nameTaken(vault, name)
  if (taken) return taken
  const body = jsonObject(call)
  const value = body?.['value']
  if (body === undefined || typeof value !== 'string') {
    return refusals.badParameter('Property has invalid value: value')
  }
  if (Buffer.byteLength(value) > valueMax) return refusals.tooLong(valueMax)
  const properties = readProperties(body)
  if (typeof properties === 'string') return refusals.badParameter(properties)
  const version = store.set(name, value, properties)
  return ok(bundle(viewOf(vault, call), store.get(name)?.name ?? name, version))
}

/** Published: dates do not refuse a reader ("About secrets", "Date-time controlled operations"). */
function getSecret(vault: VaultOptions, call: Call, names: Params): Reply {
  const { name = '', version = '' } = names
  const { store } = vault
  const found = store.version(name, version, store.meetsLaggard(name))
  if (found === undefined) return refusals.secretNotFound(version ? `${name}/${version}` : name)
  if (!found.enabled) return refusals.disabledSecret()
  return ok(bundle(viewOf(vault, call), store.get(name)?.name ?? name, found))
}

function updateSecret(vault: VaultOptions, call: Call, names: Params): Reply {
  const { name = '', version = '' } = names
  const { store } = vault
  const found = store.version(name, version)
  if (found === undefined) return refusals.secretNotFound(version ? `${name}/${version}` : name)
  const body = jsonObject(call)
  const properties = body ? readProperties(body) : 'The request body is not a JSON object.'
  if (typeof properties === 'string') return refusals.badParameter(properties)
  store.update(found, properties)
  return ok(propertiesBundle(viewOf(vault, call), store.get(name)?.name ?? name, found))
}

function listSecrets(vault: VaultOptions, call: Call): Reply {
  const view = viewOf(vault, call)
  const entries = vault.store
    .list()
    .map(secret => ({ key: secret.name, item: listItem(view, secret) }))
  return page(view.url, call, entries)
}

/** In the order of the version ids: the service promises no order, so no caller may rely on one. */
function listVersions(vault: VaultOptions, call: Call, { name = '' }: Params): Reply {
  const view = viewOf(vault, call)
  const secret = vault.store.get(name)
  const entries = (secret?.versions ?? []).map(version => ({
    key: `${name}/${version.version}`,
    item: propertiesBundle(view, secret?.name ?? name, version),
  }))
  return page(view.url, call, entries)
}

function remove(vault: VaultOptions, call: Call, { name = '' }: Params): Reply {
  const pending = vault.store.pending(name)
  if (pending) return refusals.inProgress(pending)
  const deleted = vault.store.delete(name)
  return deleted ? ok(deletedBundle(viewOf(vault, call), deleted)) : refusals.secretNotFound(name)
}

function recover(vault: VaultOptions, call: Call, { name = '' }: Params): Reply {
  const pending = vault.store.pending(name)
  if (pending) return refusals.inProgress(pending)
  const secret = vault.store.recover(name)
  const latest = secret?.versions.at(-1)
  if (secret === undefined || latest === undefined) return refusals.deletedSecretNotFound(name)
  return ok(propertiesBundle(viewOf(vault, call), secret.name, latest))
}

function listDeleted(vault: VaultOptions, call: Call): Reply {
  const view = viewOf(vault, call)
  const entries = vault.store
    .listDeleted()
    .map(deleted => ({ key: deleted.secret.name, item: deletedItem(view, deleted) }))
  return page(view.url, call, entries)
}

function getDeleted(vault: VaultOptions, call: Call, { name = '' }: Params): Reply {
  const deleted = vault.store.deleted(name)
  if (deleted === undefined) return refusals.deletedSecretNotFound(name)
  return ok(deletedBundle(viewOf(vault, call), deleted))
}

function purge({ store }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  const pending = store.pending(name)
  if (pending) return refusals.inProgress(pending)
  return store.purge(name) ? { status: 204 } : refusals.deletedSecretNotFound(name)
}

function backup({ store, backups }: VaultOptions, _: Call, { name = '' }: Params): Reply {
  const secret = store.get(name)
  return secret ? ok({ value: backups.seal(secret) }) : refusals.secretNotFound(name)
}

function restore(vault: VaultOptions, call: Call): Reply {
  const { store, backups } = vault
  const secret = backups.open(String(jsonObject(call)?.['value'] ?? ''))
  const latest = secret?.versions.at(-1)
  if (secret === undefined || latest === undefined) {
    return refusals.badParameter('Backup blob contains invalid or corrupt version.')
  }
  const { name } = secret
  const taken = nameTaken(vault, name)
  if (taken) return taken
  if (store.get(name)) return refusals.alreadyThere(name)
  store.restore(secret)
  return ok(propertiesBundle(viewOf(vault, call), name, latest))
}
