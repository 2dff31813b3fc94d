import { randomBytes } from 'node:crypto'
import { type Chance, within } from '../chance.ts'
import type { Clock } from '../clock.ts'
import { calmVault, type VaultWeather } from '../weather/weather.ts'

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
  /** Milliseconds since the epoch from which every replica has it. */
  readonly everywhereAt: number
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

/** What the vault is still doing with a name, and until when: it is then neither here nor there. */
export type Pending = 'deleting' | 'recovering' | 'purging'

/** Published: soft-deleted secrets are kept for 90 days unless the vault says otherwise. */
export const recoverableDays = 90

export interface SecretStoreOptions {
  readonly chance?: Chance
  /** How long deletions take, and how replicas lag. At once and not at all where absent. */
  readonly weather?: () => Readonly<VaultWeather>
}

/** The secrets of one vault. Names are the same in any case. */
export class SecretStore {
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #weather: () => Readonly<VaultWeather>
  readonly #live = new Map<string, { name: string; versions: SecretVersion[] }>()
  readonly #deleted = new Map<string, DeletedSecret>()
  readonly #pending = new Map<string, { readonly what: Pending; readonly until: number }>()
  readonly #draws = new Map<string, number>()

  constructor(clock: Clock, { chance, weather }: SecretStoreOptions = {}) {
    this.#clock = clock
    this.#chance = chance ?? (() => 0)
    this.#weather = weather ?? (() => instant)
  }

  /** What is still going on under a name; nothing where it is settled. */
  pending(name: string): Pending | undefined {
    const pending = this.#pending.get(name.toLowerCase())
    if (pending && this.#clock.now() < pending.until) return pending.what
    this.#pending.delete(name.toLowerCase())
    return undefined
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
      everywhereAt: this.#clock.now() + this.#draw('staleMs', name),
    }
    const secret = this.#live.get(name.toLowerCase())
    if (secret) secret.versions.push(version)
    else this.#live.set(name.toLowerCase(), { name, versions: [version] })
    return version
  }

  get(name: string): Secret | undefined {
    return this.pending(name) ? undefined : this.#live.get(name.toLowerCase())
  }

  /** Whether the next read of a name comes to a replica that lags. */
  meetsLaggard(name: string): boolean {
    return this.#next('replica', name) < this.#weather().staleRate
  }

  /** A version by its id, or the latest where none is named; as a replica that lags has it. */
  version(name: string, version: string, lagging = false): SecretVersion | undefined {
    const now = this.#clock.now()
    const all = this.get(name)?.versions
    const versions = lagging ? all?.filter(({ everywhereAt }) => everywhereAt <= now) : all
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
    return sorted(this.#live, secret => secret).filter(({ name }) => !this.pending(name))
  }

  delete(name: string): DeletedSecret | undefined {
    const secret = this.get(name)
    if (secret === undefined) return undefined
    const deletedAt = this.#seconds()
    const deleted = { secret, deletedAt, purgeAt: deletedAt + recoverableDays * 86_400 }
    this.#live.delete(name.toLowerCase())
    this.#deleted.set(name.toLowerCase(), deleted)
    this.#wait(name, 'deleting', 'deleteMs')
    return deleted
  }

  deleted(name: string): DeletedSecret | undefined {
    if (this.pending(name)) return undefined
    const deleted = this.#deleted.get(name.toLowerCase())
    if (deleted === undefined || this.#seconds() < deleted.purgeAt) return deleted
    this.#deleted.delete(name.toLowerCase())
    return undefined
  }

  listDeleted(): DeletedSecret[] {
    const all = sorted(this.#deleted, deleted => deleted.secret)
    return all.filter(({ secret }) => this.deleted(secret.name))
  }

  recover(name: string): Secret | undefined {
    const secret = this.deleted(name)?.secret
    if (secret === undefined) return undefined
    this.restore(secret)
    this.#deleted.delete(name.toLowerCase())
    this.#wait(name, 'recovering', 'recoverMs')
    return secret
  }

  purge(name: string): boolean {
    if (!this.deleted(name)) return false
    this.#wait(name, 'purging', 'purgeMs')
    return this.#deleted.delete(name.toLowerCase())
  }

  restore(secret: Secret): void {
    this.#live.set(secret.name.toLowerCase(), { ...secret, versions: [...secret.versions] })
  }

  #wait(name: string, what: Pending, span: 'deleteMs' | 'recoverMs' | 'purgeMs'): void {
    const until = this.#clock.now() + this.#draw(span, name)
    this.#pending.set(name.toLowerCase(), { what, until })
  }

  #draw(span: 'staleMs' | 'deleteMs' | 'recoverMs' | 'purgeMs', name: string): number {
    return within(this.#weather()[span], this.#next(span, name))
  }

  /** By the name and how often it was drawn for: other secrets do not change this one's luck. */
  #next(what: string, name: string): number {
    const of = `${what} ${name.toLowerCase()}`
    const nth = (this.#draws.get(of) ?? 0) + 1
    this.#draws.set(of, nth)
    return this.#chance('vault', of, nth)
  }

  #seconds(): number {
    return Math.floor(this.#clock.now() / 1_000)
  }
}

const instant: Readonly<VaultWeather> = { ...calmVault, deleteMs: 0, recoverMs: 0, purgeMs: 0 }

function sorted<T>(map: ReadonlyMap<string, T>, secretOf: (item: T) => Secret): T[] {
  return [...map.values()].sort((a, b) => (secretOf(a).name < secretOf(b).name ? -1 : 1))
}
