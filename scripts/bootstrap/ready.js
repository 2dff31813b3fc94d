import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param {string} root */
const stampOf = root => join(root, 'node_modules', '.keyturn-ready')

/** @param {string} root */
const lockfileOf = root => join(root, 'package-lock.json')

/**
 * One lockfile on one kind of machine: a tree that a container shares with its host is not
 * ready for both.
 *
 * @param {string} root
 */
const wanted = root =>
  createHash('sha256')
    .update(readFileSync(lockfileOf(root)))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex')

/** @param {string} root */
export const isReady = root =>
  existsSync(stampOf(root)) && readFileSync(stampOf(root), 'utf8') === wanted(root)

/** @param {string} root */
export const markReady = root => writeFileSync(stampOf(root), wanted(root))

/** @param {string} root */
export const unmarkReady = root => rmSync(stampOf(root), { force: true })

/**
 * npm writes what it installed to node_modules/.package-lock.json as its last act, so a tree
 * that lists every package of the lockfile there is complete.
 *
 * @param {string} root
 */
export const isWhatTheLockfileSays = root => {
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined) return false
  const locked = packagesIn(lockfileOf(root)) ?? {}
  return Object.entries(locked).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = installed[path]
    // Packages for other platforms are in the lockfile and never on the disk.
    if (found === undefined) return entry.optional === true || entry.devOptional === true
    return found.version === entry.version && found.integrity === entry.integrity
  })
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} Entry
 * @param {string} file
 * @returns {Record<string, Entry> | undefined}
 */
const packagesIn = file => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}
