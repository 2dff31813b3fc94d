// A directory as Kubernetes mounts a secret: `..data` points at one folder, and is renamed at once.

import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KeysetDocument } from '@keyturn/protocol'

const fileName = 'keyset.json'

export class Mount {
  readonly path: string
  #prepared: string | null = null
  #current: string | null = null
  #count = 0

  constructor(path: string) {
    this.path = path
    mkdirSync(path)
    symlinkSync(join('..data', fileName), join(path, fileName))
  }

  /** Everything but the rename. */
  prepare(keyset: KeysetDocument): void {
    this.#count += 1
    const folder = `..2026_${this.#count}`
    mkdirSync(join(this.path, folder))
    writeFileSync(join(this.path, folder, fileName), JSON.stringify(keyset))
    symlinkSync(folder, join(this.path, '..data_tmp'))
    this.#prepared = folder
  }

  /** The rename that everybody sees. */
  swap(): void {
    renameSync(join(this.path, '..data_tmp'), join(this.path, '..data'))
    const former = this.#current
    this.#current = this.#prepared
    if (former !== null) rmSync(join(this.path, former), { recursive: true })
  }

  put(keyset: KeysetDocument): void {
    this.prepare(keyset)
    this.swap()
  }
}
