import type { KeyRing } from '../../account/types.ts'
import type { Catalogue, Database } from '../catalogue/catalogue.ts'
import type { Permission } from './permission.ts'
import { ResourceTokens } from './resource-tokens.ts'
import { type Entry, Shelf } from './shelf.ts'

/** A user of a database: a name that permissions hang on. */
export interface User extends Entry {
  readonly permissions: Shelf<Permission>
}

export interface IdentityOptions {
  readonly catalogue: Catalogue
  readonly keys: KeyRing
  /** Whether a resource token ends with the key that it was made under. */
  readonly tokensDieWithKey: boolean
}

/** The users and permissions of an account, and the tokens made from them. One for all regions. */
export class Identity {
  readonly tokens: ResourceTokens
  readonly #users = new WeakMap<Database, Shelf<User>>()

  constructor({ catalogue, keys, tokensDieWithKey }: IdentityOptions) {
    this.tokens = new ResourceTokens({ catalogue, keys, dieWithKey: tokensDieWithKey })
  }

  usersOf(database: Database): Shelf<User> {
    const held = this.#users.get(database)
    if (held !== undefined) return held
    const users = new Shelf<User>()
    this.#users.set(database, users)
    return users
  }
}
