import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { refuseSubPath } from './mounts.ts'

/** Each file by its name; `null`: it is not there. */
export type Texts = readonly [name: string, text: string | null][]

/** Where mounted keys lie. */
export interface Volume {
  /** All files, as of one moment where the volume allows it. */
  read(): Promise<Texts>
  /** Calls back when something may have changed, until the returned function is called. */
  watch(onChange: () => void): Promise<() => Promise<void>>
}

const names = ['keyset.json', 'primary', 'secondary', 'active'] as const

/** A folder of one version in a mount, such as `..2026_11_27_09_30_00.1`: never `..data` itself. */
const isVersion = (name: string): boolean => name.startsWith('..2')

/** A directory of this machine, perhaps a mount. */
export class Directory implements Volume {
  readonly #path: string
  /** Found to be no mounts of their own; a container's mounts are as old as it is. */
  readonly #checked = new Set<string>()

  constructor(path: string) {
    this.#path = path
  }

  /** A mount's `..data` link is followed once, for all files. */
  async read(): Promise<Texts> {
    const at = await realpath(join(this.#path, '..data')).catch(() => this.#path)
    return Promise.all(
      names.map(async (name): Promise<[string, string | null]> => {
        const text = await readIfThere(join(at, name))
        if (text !== null) await this.#check(join(at, name), name)
        return [name, text]
      }),
    )
  }

  async #check(path: string, name: string): Promise<void> {
    if (this.#checked.has(name)) return
    await refuseSubPath(path, name)
    this.#checked.add(name)
  }

  async watch(onChange: () => void): Promise<() => Promise<void>> {
    const { watch } = await import('chokidar')
    // The directory, not its files: mounts swap all of it at once, and a file's watcher goes deaf.
    const watcher = watch(this.#path, {
      depth: 1,
      persistent: false,
      // The link `..data` tells of each swap. What it points to comes and goes, and chokidar
      // remembers every folder that it has ever entered.
      followSymlinks: false,
      ignored: path => isVersion(basename(path)),
    })
    watcher.on('all', onChange)
    watcher.on('error', () => undefined)
    return () => watcher.close()
  }
}

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
