import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildPackage } from '../../../scripts/building/build-package.ts'
import { type Buildable, buildOrder, manifestOf } from '../../../scripts/building/order.ts'
import { untar } from './untar.ts'

/**
 * Builds the packages of a repository in a copy of it, and lays out beside that a user's folder
 * where they are installed from what `npm pack` made of them, with no checkout in reach.
 *
 * @param only the packages to install, together with those of ours that they need; default all
 * @returns the user's folder
 */
export const installPacked = (root: string, work: string, only?: string): string => {
  const copy = join(work, 'build')
  const user = join(work, 'user')
  copySources(root, copy)
  // Third-party packages are found further up, as if they were hoisted there.
  linkInstalled(join(root, 'node_modules'), join(work, 'node_modules'))
  const order = only === undefined ? buildOrder(copy) : neededBy(only, copy)
  for (const { folder } of order) buildPackage(copy, folder)
  for (const [name, archive] of pack(copy, order, join(work, 'packed')))
    untar(archive, join(user, 'node_modules', name))
  return user
}

const neededBy = (name: string, root: string): readonly Buildable[] => {
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

const copySources = (root: string, copy: string): void => {
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
}

/** All but our own packages, which point into the checkout. */
const linkInstalled = (from: string, to: string): void => {
  const own = new Set(['@keyturn', 'keyturn'])
  mkdirSync(to)
  for (const entry of readdirSync(from))
    if (!own.has(entry)) symlinkSync(join(from, entry), join(to, entry))
}

/** What `npm pack` makes of each package, by the name of the package. */
const pack = (
  root: string,
  packages: readonly Buildable[],
  destination: string,
): ReadonlyMap<string, string> => {
  mkdirSync(destination)
  const npm = process.env['npm_execpath']
  const workspaces = packages.flatMap(({ name }) => ['--workspace', name])
  const options = ['--json', '--loglevel=error', '--ignore-scripts', '--offline']
  const args = ['pack', ...workspaces, '--pack-destination', destination, ...options]
  const { stdout, stderr } =
    npm === undefined
      ? spawnSync('npm', args, { cwd: root, encoding: 'utf8' })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, encoding: 'utf8' })
  if (stdout === '') throw new Error(`npm pack did not answer: ${stderr}`)
  // An array, and since npm 12 an object by name.
  const answer: Record<string, { name: string; filename: string }> = JSON.parse(stdout)
  return new Map(
    // Some versions of npm name the file as if the scope were a folder.
    Object.values(answer).map(({ name, filename }) => [
      name,
      join(destination, filename.replace('@', '').replace('/', '-')),
    ]),
  )
}
