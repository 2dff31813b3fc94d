import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { buildPackage } from '../../../scripts/building/build-package.ts'
import { copySources } from '../../../scripts/building/copy-sources.ts'
import { type Buildable, buildOrder, neededBy } from '../../../scripts/building/order.ts'
import { untar } from './untar.ts'

/**
 * Builds the packages of a repository in a copy of it, and lays out beside that a user's folder
 * where they are installed from what `npm pack` made of them, with no checkout in reach.
 *
 * @param only the packages to install, together with those of ours that they need; default all
 * @returns the user's folder
 */
export const installPacked = (root: string, work: string, only?: string): string => {
  const user = join(work, 'user')
  const copy = copySources(root, work)
  const order = only === undefined ? buildOrder(copy) : neededBy(copy, only)
  for (const { folder } of order) buildPackage(copy, folder)
  for (const [name, archive] of pack(copy, order, join(work, 'packed')))
    untar(archive, join(user, 'node_modules', name))
  for (const { folder, name } of order) {
    // What npm installs for one package alone, in a version of its own.
    const own = join(root, folder, 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(user, 'node_modules', name, 'node_modules'))
  }
  return user
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
