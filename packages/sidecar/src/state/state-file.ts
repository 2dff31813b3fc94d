import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { DurableState } from '@keyturn/core'
import { reasonOf, SidecarError } from '../error.ts'
import { syncDirectory } from '../sync-directory.ts'
import { parseDurable, printDurable } from './durable-schema.ts'

export type Loaded =
  | { readonly is: 'state'; readonly state: DurableState }
  | { readonly is: 'absent' }
  /** Not ours, or damaged: set aside under another name, and what it said is unknown. */
  | { readonly is: 'unreadable'; readonly asidePath: string; readonly reason: string }

/** A sidecar's durable state: one small file, replaced whole, on the disk before it counts. */
export class StateFile {
  readonly path: string
  readonly #directory: string

  constructor(directory: string, name: string) {
    this.#directory = directory
    this.path = join(directory, `${name}.json`)
  }

  /** @throws SidecarError STATE_UNWRITABLE where the directory cannot be used. */
  async load(): Promise<Loaded> {
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 })
      const json = await readFile(this.path, 'utf8')
      return await this.#parse(json)
    } catch (error) {
      if (reasonOf(error) === 'ENOENT') return { is: 'absent' }
      throw this.#unwritable(error)
    }
  }

  async #parse(json: string): Promise<Loaded> {
    try {
      return { is: 'state', state: parseDurable(json) }
    } catch (error) {
      const asidePath = `${this.path}.unreadable`
      await rename(this.path, asidePath)
      return { is: 'unreadable', asidePath, reason: reasonOf(error) }
    }
  }

  /**
   * Settles once the state would survive a loss of power.
   * @throws SidecarError STATE_UNWRITABLE
   */
  async save(state: DurableState): Promise<void> {
    const temporary = `${this.path}.tmp`
    try {
      const file = await open(temporary, 'w', 0o600)
      try {
        await file.writeFile(printDurable(state))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, this.path)
      await syncDirectory(this.#directory)
    } catch (error) {
      throw this.#unwritable(error)
    }
  }

  #unwritable(cause: unknown): SidecarError {
    return new SidecarError(
      'STATE_UNWRITABLE',
      `The state file ${this.path} cannot be written (${reasonOf(cause)}): ` +
        'give the sidecar a directory of its own that it may write, with space left.',
      cause,
    )
  }
}
