import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** One version of a secret. Times are whole seconds since the epoch, as Key Vault keeps them. */
export interface SecretVersion {
  readonly version: string
  readonly value: string
  readonly created: number
  updated: number
  contentType: string | undefined
  tags: Readonly<Record<string, string>> | undefined
  enabled: boolean
  notBefore: number | undefined
  expires: number | undefined
}

export interface Secret {
  readonly name: string
  /** Oldest first; never empty. */
  readonly versions: readonly SecretVersion[]
}

export interface DeletedSecret {
  readonly secret: Secret
  readonly deletedAt: number
  readonly purgeAt: number
}

/** What a caller may set on a version; absent leaves it, or takes the default in a new version. */
export interface SecretProperties {
  readonly contentType?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly enabled?: boolean | undefined
  readonly notBefore?: number | undefined
  readonly expires?: number | undefined
}

/** Published: soft-deleted secrets are kept for 90 days unless the vault says otherwise. */
export const recoverableDays = 90

/** The secrets of one vault. Names are the same in any case. */
export class SecretStore {
  readonly #clock: Clock
  readonly #live = new Map<string, { name: string; versions: SecretVersion[] }>()
  readonly #deleted = new Map<string, DeletedSecret>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  set(name: string, value: string, properties: SecretProperties): SecretVersion {
    const now = this.#seconds()
    const version: SecretVersion = {
      version: randomBytes(16).toString('hex'),
      value,
      created: now,
      updated: now,
      contentType: properties.contentType,
      tags: properties.tags,
      enabled: properties.enabled ?? true,
      notBefore: properties.notBefore,
      expires: properties.expires,
    }
    const secret = this.#live.get(name.toLowerCase())
    if (secret) secret.versions.push(version)
    else this.#live.set(name.toLowerCase(), { name, versions: [version] })
    return version
  }

  get(name: string): Secret | undefined {
    return this.#live.get(name.toLowerCase())
  }

  /** A version by its id, or the latest where none is named. */
  version(name: string, version: string): SecretVersion | undefined {
    const versions = this.get(name)?.versions
    return version === '' ? versions?.at(-1) : versions?.find(v => v.version === version)
  }

  update(found: SecretVersion, properties: SecretProperties): void {
    found.updated = this.#seconds()
    if (properties.contentType !== undefined) found.contentType = properties.contentType
    if (properties.tags !== undefined) found.tags = properties.tags
    if (properties.enabled !== undefined) found.enabled = properties.enabled
    if (properties.notBefore !== undefined) found.notBefore = properties.notBefore
    if (properties.expires !== undefined) found.expires = properties.expires
  }

  list(): Secret[] {
    return sorted(this.#live, secret => secret)
  }

  delete(name: string): DeletedSecret | undefined {
    const secret = this.get(name)
    if (secret === undefined) return undefined
    const deletedAt = this.#seconds()
    const deleted = { secret, deletedAt, purgeAt: deletedAt + recoverableDays * 86_400 }
    this.#live.delete(name.toLowerCase())
    this.#deleted.set(name.toLowerCase(), deleted)
    return deleted
  }

  deleted(name: string): DeletedSecret | undefined {
    return this.#deleted.get(name.toLowerCase())
  }

  listDeleted(): DeletedSecret[] {
    return sorted(this.#deleted, deleted => deleted.secret)
  }

  recover(name: string): Secret | undefined {
    const secret = this.deleted(name)?.secret
    if (secret === undefined) return undefined
    this.restore(secret)
    this.#deleted.delete(name.toLowerCase())
    return secret
  }

  purge(name: string): boolean {
    return this.#deleted.delete(name.toLowerCase())
  }

  restore(secret: Secret): void {
    this.#live.set(secret.name.toLowerCase(), { ...secret, versions: [...secret.versions] })
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1_000)
  }
}

function sorted<T>(map: ReadonlyMap<string, T>, secretOf: (item: T) => Secret): T[] {
  return [...map.values()].sort((a, b) => (secretOf(a).name < secretOf(b).name ? -1 : 1))
}
