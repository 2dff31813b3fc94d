import { type Entry, Shelf } from '../identity/shelf.ts'
import type { JsonObject } from '../json.ts'

export type ScriptKind = 'sprocs' | 'triggers' | 'udfs'

/** How their lists are called in feeds. */
export const scriptFeeds: Readonly<Record<ScriptKind, string>> = {
  sprocs: 'StoredProcedures',
  triggers: 'Triggers',
  udfs: 'UserDefinedFunctions',
}

export const isScriptKind = (kind: string): kind is ScriptKind => Object.hasOwn(scriptFeeds, kind)

export interface Script extends Entry {
  readonly properties: JsonObject
}

/** The scripts of each container, by its properties' rid, in the catalogue that has it. */
export class Scripts {
  readonly #shelves = new Map<string, Shelf<Script>>()

  of(container: string, kind: ScriptKind): Shelf<Script> {
    const name = `${container}/${kind}`
    const shelf = this.#shelves.get(name) ?? new Shelf<Script>()
    this.#shelves.set(name, shelf)
    return shelf
  }

  forget(container: string): void {
    for (const kind of Object.keys(scriptFeeds)) this.#shelves.delete(`${container}/${kind}`)
  }
}
