import { cpSync, existsSync, globSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildOrder } from './order.ts'

/**
 * Copies what a build needs of a repository, so that it may be built without a trace in the
 * repository itself. Third-party packages are found further up, as if they were hoisted there.
 *
 * @param work an empty folder outside of the repository
 * @returns the copy, a folder in `work`
 */
export const copySources = (root: string, work: string): string => {
  const copy = join(work, 'build')
  const wanted = [
    ...['tsconfig.json', 'tsconfig.build.json', 'package.json'],
    ...['packages/*/{package.json,tsconfig.build.json,README.md}', 'packages/*/{src,bin}/**/*.*'],
  ]
  for (const path of globSync(wanted, { cwd: root })) cpSync(join(root, path), join(copy, path))
  for (const { name, folder } of buildOrder(copy)) {
    const link = join(copy, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(copy, folder), link)
    const nested = join(root, folder, 'node_modules')
    if (existsSync(nested)) symlinkSync(nested, join(copy, folder, 'node_modules'))
  }
  linkInstalled(join(root, 'node_modules'), join(work, 'node_modules'))
  return copy
}

/** All but our own packages, which point into the checkout. */
const linkInstalled = (from: string, to: string): void => {
  const own = new Set(['@keyturn', 'keyturn'])
  mkdirSync(to)
  for (const entry of readdirSync(from))
    if (!own.has(entry)) symlinkSync(join(from, entry), join(to, entry))
}
