import { existsSync, globSync, statSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'

/** Somebody named a path that is not there, or that holds no test. */
export class UnknownPath extends Error {}

const patterns = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts']

/**
 * Every test file, or those that the given files and folders hold, relative to the root.
 *
 * @throws UnknownPath
 */
export const findTests = (root: string, paths: readonly string[]): readonly string[] => {
  const missing = paths.find(path => !existsSync(resolve(root, path)))
  if (missing !== undefined)
    throw new UnknownPath(`There is no ${missing}; name files or folders from the root.`)
  const all = globSync(patterns, { cwd: root })
    .filter(file => statSync(resolve(root, file)).isFile())
    .sort()
  if (paths.length === 0) return all
  return all.filter(file => paths.some(path => holds(root, path, file)))
}

const holds = (root: string, path: string, file: string): boolean => {
  const inside = relative(resolve(root, path), resolve(root, file))
  return inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`))
}
