import { fileURLToPath } from 'node:url'
import { checkNode, installFromLockfile, prepareTap } from './install.js'
import { takeLock } from './lock.js'
import { isReady, isWhatTheLockfileSays, markReady, unmarkReady } from './ready.js'
import { Refusal, say } from './say.js'

/**
 * Installs what the lockfile says, once per lockfile. Several may start at the same time:
 * one installs, the others wait for it.
 *
 * @param {URL} rootUrl the repository's root
 * @returns {Promise<number>} the exit code: 0 when the tree is ready
 */
export const bootstrap = async rootUrl => {
  const root = fileURLToPath(rootUrl)
  if (isReady(root)) return 0
  try {
    const lock = await takeLock(root)
    try {
      await makeReady(root, lock)
    } finally {
      lock.release()
    }
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    say(error.message)
    return error.exitCode
  }
}

/**
 * @param {string} root
 * @param {import('./lock.js').Lock} lock
 */
const makeReady = async (root, lock) => {
  if (isReady(root)) return // Another start has done it while this one waited.
  unmarkReady(root)
  // Whoever has run `npm install` by hand is not made to wait for the same again.
  if (!isWhatTheLockfileSays(root)) await installFromLockfile(root, lock)
  const node = checkNode(root)
  await prepareTap(root, node, lock)
  markReady(root)
}
