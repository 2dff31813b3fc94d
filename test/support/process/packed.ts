import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildPackage } from '../../../scripts/building/build-package.ts'
import { buildOrder } from '../../../scripts/building/order.ts'

/**
 * Builds the packages of a repository in a copy of it, and lays out beside that a user's folder
 * where they are installed: exactly the files that `npm pack` would ship, and no checkout.
 *
 * @returns the user's folder
 */
export const installPacked = (root: string, work: string): string => {
  const copy = join(work, 'build')
  const user = join(work, 'user')
  copySources(root, copy)
  // Third-party packages are found further up, as if they were hoisted there.
  linkInstalled(join(root, 'node_modules'), join(work, 'node_modules'))
  const order = buildOrder(copy)
  for (const { folder } of order) buildPackage(copy, folder)
  const packed = packedFiles(copy)
  for (const { folder, name } of order)
    for (const file of packed.get(name) ?? [])
      cpSync(join(copy, folder, file), join(user, 'node_modules', name, file))
  return user
}

const copySources = (root: string, copy: string): void => {
  const wanted = [
    ...['tsconfig.json', 'tsconfig.build.json', 'package.json'],
    ...['packages/*/{package.json,tsconfig.build.json}', 'packages/*/{src,bin}/**/*.*'],
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

/** What would be shipped, by the name of the package. */
const packedFiles = (root: string): ReadonlyMap<string, readonly string[]> => {
  const npm = process.env['npm_execpath']
  const args = ['pack', '--workspaces', '--dry-run', '--json', '--loglevel=error']
  const { stdout, stderr } =
    npm === undefined
      ? spawnSync('npm', args, { cwd: root, encoding: 'utf8' })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, encoding: 'utf8' })
  if (stdout === '') throw new Error(`npm pack did not answer: ${stderr}`)
  // An array, and since npm 12 an object by name.
  const answer: Record<string, { name: string; files: { path: string }[] }> = JSON.parse(stdout)
  return new Map(
    Object.values(answer).map(({ name, files }) => [name, files.map(({ path }) => path)]),
  )
}
