import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal, sayIfSlow } from './say.js'

/**
 * @typedef {object} Lock
 * @property {(pid: number) => void} alsoHeldBy a child that goes on should this process be killed
 * @property {() => void} release
 *
 * @typedef {{ host: string, pids: number[] }} Holders
 */

const patienceMs = 600_000 // ten minutes: far longer than any install that still moves
const pollMs = 200

/**
 * A file beside node_modules, since `npm ci` empties that. It names the processes that hold it:
 * when all of them are gone, it is stale, however they ended.
 *
 * @param {string} root
 * @param {{ patienceMs?: number }} [options]
 * @returns {Promise<Lock>}
 */
export const takeLock = async (root, options = {}) => {
  const folder = join(root, '.keyturn')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'install.lock')
  const deadline = Date.now() + (options.patienceMs ?? patienceMs)
  const stopSaying = sayIfSlow('another start is installing the dependencies; waiting for it')
  try {
    while (!claim(file)) {
      removeIfStale(file)
      if (Date.now() > deadline) throw tooLong(file)
      await sleep(pollMs)
    }
  } finally {
    stopSaying()
  }
  return {
    alsoHeldBy: pid => replace(file, { host: hostname(), pids: [process.pid, pid] }),
    release: () => rmSync(file, { force: true }),
  }
}

/** @param {string} file */
const tooLong = file => {
  const holders = read(file)
  const who = holders ? `process ${holders.pids.join(', ')} on ${holders.host}` : 'another start'
  return new Refusal(
    `${who} has been installing for too long; end it, or delete ${file} if it no longer runs.`,
  )
}

/**
 * Created with its content in one step, so that nobody ever reads half of it.
 *
 * @param {string} file
 */
const claim = file => {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify({ host: hostname(), pids: [process.pid] }))
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * @param {string} file
 * @param {Holders} holders
 */
const replace = (file, holders) => {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holders))
  renameSync(draft, file)
}

/**
 * Two that find the same stale lock must not remove it one after the other, the second removing
 * what the first has just claimed: so it is moved aside first, and put back if it was not stale.
 *
 * @param {string} file
 */
const removeIfStale = file => {
  if (!isStale(read(file))) return
  const aside = `${file}.stale-${process.pid}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (!isStale(read(aside))) {
    try {
      linkSync(aside, file)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
  rmSync(aside, { force: true })
}

/** @param {Holders | undefined} holders */
const isStale = holders =>
  holders !== undefined && holders.host === hostname() && !holders.pids.some(isAlive)

/**
 * @param {string} file
 * @returns {Holders | undefined}
 */
const read = file => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** @param {number} pid */
const isAlive = pid => {
  if (pid === process.pid) return false // Left by a namesake: in a container, pids repeat.
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // Somebody else's process, and alive.
  }
}

/** @param {unknown} error */
const codeOf = error =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
