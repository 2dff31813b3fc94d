import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface Buildable {
  readonly name: string
  /** Relative to the root. */
  readonly folder: string
}

export const manifestOf = (root: string, folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/**
 * The packages that are published, each after those that it needs: a build reads the emitted
 * types of the others, as a user's build will.
 */
export const buildOrder = (root: string): readonly Buildable[] => {
  const waiting = new Map<string, { folder: string; needs: readonly string[] }>()
  for (const file of globSync('packages/*/package.json', { cwd: root }).sort()) {
    const folder = dirname(file)
    const manifest = manifestOf(root, folder)
    const isEmpty = !existsSync(join(root, folder, 'src'))
    if (manifest.private || isEmpty) continue
    const { dependencies, peerDependencies } = manifest
    waiting.set(manifest.name, {
      folder,
      needs: Object.keys({ ...dependencies, ...peerDependencies }),
    })
  }
  const order: Buildable[] = []
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, { needs }]) => !needs.some(name => waiting.has(name)))
    if (ready.length === 0) throw new Error(`need each other: ${[...waiting.keys()].join(', ')}`)
    for (const [name, { folder }] of ready) {
      order.push({ name, folder })
      waiting.delete(name)
    }
  }
  return order
}

/** A package after those of ours that it needs, directly or not. */
export const neededBy = (root: string, name: string): readonly Buildable[] => {
  const all = buildOrder(root)
  const needed = new Set([name])
  // Each stands after those that it needs.
  for (const each of all.toReversed()) {
    if (!needed.has(each.name)) continue
    for (const dependency of Object.keys(manifestOf(root, each.folder).dependencies ?? {}))
      needed.add(dependency)
  }
  return all.filter(each => needed.has(each.name))
}
