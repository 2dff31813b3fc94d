import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Documents, Json } from './schemas.ts'

/** The documents that judge one version of one service. */
export interface Contract {
  /** Which files, in words: for the tally. */
  readonly name: string
  /** The document with the operations. */
  readonly main: string
  readonly documents: Documents
}

const stable = 'arm/swagger/stable/2024-08-15'
const preview = 'arm/swagger/preview/2024-09-01-preview'
const fragment = 'arm/2026-03-15/openapi.regenerateKey.fragment.json'
const accountExample = 'arm/2026-03-15/CosmosDBDatabaseAccountGet.json'
const keysMetadata = 'arm/2026-04-01-preview/keysMetadata.json'

/**
 * Which published files judge which version.
 *
 * Where a version has no file here, the nearest one of its kind judges it: the stable file for
 * stable versions, the preview's for previews from its own on. Microsoft's versions only add
 * properties, so an older version is judged too kindly, which is harmless as the simulator has one
 * form for all; a newer one too strictly, which shows at once and is answered by a fragment.
 */
export class Contracts {
  readonly #folder: string
  readonly #made = new Map<string, Contract>()

  /** @param folder of Azure's published files */
  constructor(folder: string) {
    this.#folder = folder
  }

  get present(): boolean {
    return existsSync(join(this.#folder, stable))
  }

  of(service: 'arm' | 'vault', version: string): Contract {
    return service === 'arm' ? this.#arm(version) : this.#vault(version)
  }

  #arm(version: string): Contract {
    const isPreview = version.endsWith('-preview') && version >= '2024-09-01-preview'
    if (isPreview && version >= '2026-04-01-preview') {
      return this.#once('arm 2024-09-01-preview + 2026-04-01-preview', () => this.#armLatest())
    }
    if (isPreview) return this.#once('arm 2024-09-01-preview', () => this.#armFrom(preview))
    return version > '2024-08-15'
      ? this.#once('arm 2024-08-15 + 2026-03-15', () => this.#armCurrent())
      : this.#once('arm 2024-08-15', () => this.#armFrom(stable))
  }

  #vault(version: string): Contract {
    const folder =
      version === '7.6-preview.1' ? 'keyvault/preview/7.6-preview.1' : 'keyvault/stable/7.5'
    // Published of 2025-06-01-preview and later: one field more (errors-and-challenge.json).
    const isDated = /^\d{4}-/.test(version)
    return this.#once(
      `vault ${folder.split('/').at(-1)}${isDated ? ' + previousVersion' : ''}`,
      () => {
        const documents = this.#read(folder, ['secrets.json', 'common.json'])
        if (isDated)
          property(documents['secrets.json'], 'SecretBundle', 'previousVersion', { type: 'string' })
        return { main: 'secrets.json', documents }
      },
    )
  }

  #once(name: string, make: () => Omit<Contract, 'name'>): Contract {
    const held = this.#made.get(name) ?? { name, ...make() }
    this.#made.set(name, held)
    return held
  }

  #armFrom(folder: string): Omit<Contract, 'name'> {
    const common = this.#read('arm', ['common-types-v1.json', 'common-types-v6.json'])
    const documents = { ...this.#read(folder, ['cosmos-db.json']), ...common, ...asInExamples }
    return { main: 'cosmos-db.json', documents }
  }

  /**
   * `regenerateKey` is as the fragment has it; properties of the account that only the example of
   * that version shows are as the preview before it declares them.
   */
  #armCurrent(): Omit<Contract, 'name'> {
    const made = this.#armFrom(stable)
    const main = made.documents[made.main]
    const { path, post } = this.#file(fragment) as { path: string; post: Json }
    const paths = main?.['paths'] as Record<string, Record<string, Json>>
    paths[path] = { ...paths[path], post: { ...paths[path]?.['post'], ...post } }
    const before = definitionsOf(this.#armFrom(preview).documents['cosmos-db.json'])
    const own = definitionsOf(main)
    for (const [name, schema] of Object.entries(before)) own[name] ??= schema
    const shown = (this.#file(accountExample) as unknown as Example).responses['200'].body
      .properties
    const account = 'DatabaseAccountGetProperties'
    for (const name of Object.keys(shown)) {
      const schema = before[account]?.properties?.[name]
      if (own[account]?.properties?.[name] === undefined && schema !== undefined) {
        property(main, account, name, schema)
      }
    }
    return made
  }

  #armLatest(): Omit<Contract, 'name'> {
    const made = this.#armFrom(preview)
    const { fieldDocs } = this.#file(keysMetadata) as { fieldDocs: Record<string, string> }
    for (const name of Object.keys(fieldDocs)) {
      property(made.documents[made.main], 'AccountKeyMetadata', name, {
        ...{ type: 'string', format: 'date-time' },
      })
    }
    return made
  }

  #read(folder: string, names: readonly string[]): Record<string, Json> {
    return Object.fromEntries(names.map(name => [name, this.#file(join(folder, name))]))
  }

  #file(path: string): Json {
    // Some of the files start with a byte-order mark.
    return JSON.parse(readFileSync(join(this.#folder, path), 'utf8').replace(/^\uFEFF/, ''))
  }
}

interface Example {
  readonly responses: { readonly '200': { readonly body: { readonly properties: Json } } }
}

type Definitions = Record<string, Json & { properties?: Record<string, Json> }>

const definitionsOf = (document: Json | undefined): Definitions =>
  (document?.['definitions'] ?? {}) as Definitions

const property = (
  document: Json | undefined,
  definition: string,
  name: string,
  schema: Json,
): void => {
  Object.assign(definitionsOf(document)[definition]?.properties ?? {}, { [name]: schema })
}

const object = (properties: Record<string, Json>): Json => ({ type: 'object', properties })
const text: Json = { type: 'string' }

/** A document that is referred to and not here: no more than the official examples show of it. */
const asInExamples: Record<string, Json> = {
  'privateEndpointConnection.json': {
    definitions: {
      PrivateEndpointConnection: object({
        ...{ id: text, name: text, type: text },
        properties: object({
          privateEndpoint: object({ id: text }),
          privateLinkServiceConnectionState: object({ status: text, actionsRequired: text }),
        }),
      }),
    },
  },
}
