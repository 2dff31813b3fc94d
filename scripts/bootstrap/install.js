import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, delimiter, dirname, join, sep } from 'node:path'
import { Refusal, sayIfSlow } from './say.js'

const windows = process.platform === 'win32'

/**
 * `npm ci` with the npm that started us.
 *
 * `--loglevel=error`: on Node 20, npm would warn of every package that asks for a newer one,
 * and these never run on it. `--include=dev`: Node 24 itself is a development dependency.
 * `--progress=false`: npm's wheel turns in the same line as what is said here.
 *
 * @param {string} root
 * @param {import('./lock.js').Lock} lock
 */
export const installFromLockfile = async (root, lock) => {
  const flags = [
    'ci',
    '--loglevel=error',
    '--include=dev',
    '--engine-strict=false',
    '--progress=false',
  ]
  const outside = nodeOutside(root)
  const npm = process.env.npm_execpath
  const viaNode = npm !== undefined && basename(npm).startsWith('npm')
  await run({
    root,
    lock,
    what: 'installing the dependencies from package-lock.json, about a minute, once',
    command: viaNode ? outside : 'npm',
    args: viaNode ? [npm, ...flags] : flags,
    path: [dirname(outside), pathWithout(root)].join(delimiter),
    remedy:
      'what npm said stands above; check that the package registry can be reached, and run the same command again.',
  })
}

/**
 * The Node that this project runs on comes from the registry, as a binary: npm can have been
 * told to leave that out, or the machine can be unable to run it.
 *
 * @param {string} root
 * @returns {string} the binary
 */
export const checkNode = root => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const major = String(manifest.devDependencies.node).replace(/^\D*(\d+).*$/, '$1')
  const binary = join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node')
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8', shell: windows })
  const version = answer.stdout?.trim() ?? ''
  if (version.startsWith(`v${major}.`)) return binary
  const found = version === '' ? 'does not run on this machine' : `is ${version}`
  throw new Refusal(
    `node_modules/.bin/node must be Node ${major} and ${found}; run \`npm rebuild node --ignore-scripts=false\`, and where that does not help (a system without glibc), use a machine for which nodejs.org has a build.`,
  )
}

/**
 * tap generates its test class for the plugins that .taprc names. Left to the first run of
 * tests, that run would not find it yet, and no test either.
 *
 * @param {string} root
 * @param {string} node
 * @param {import('./lock.js').Lock} lock
 */
export const prepareTap = (root, node, lock) =>
  run({
    root,
    lock,
    what: 'preparing the test runner',
    command: node,
    args: [join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs'), 'build'],
    path: [dirname(node), pathWithout(root)].join(delimiter),
    remedy: 'delete node_modules and run the same command again.',
  })

/**
 * @param {{ root: string, lock: import('./lock.js').Lock, what: string, command: string,
 *   args: string[], path: string, remedy: string }} job
 */
const run = async ({ root, lock, what, command, args, path, remedy }) => {
  const stopSaying = sayIfSlow(what)
  const env = { ...process.env, PATH: path }
  const child = spawn(command, args, { cwd: root, env, shell: windows, stdio: ['ignore', 2, 2] })
  if (child.pid !== undefined) lock.alsoHeldBy(child.pid)
  const ended = await endOf(child)
  stopSaying()
  if (ended.interruptedBy !== undefined)
    throw new Refusal(
      `interrupted while ${what.split(',')[0]}; run the same command to start again.`,
      ended.interruptedBy === 'SIGINT' ? 130 : 143,
    )
  if (ended.how !== 'code 0')
    throw new Refusal(`${what.split(',')[0]} failed (${ended.how}): ${remedy}`)
}

/**
 * Whoever ends us ends the child as well, and we outlive it: two installs must never run in one tree.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<{ how: string, interruptedBy: NodeJS.Signals | undefined }>}
 */
const endOf = child =>
  new Promise(resolve => {
    /** @type {NodeJS.Signals | undefined} */
    let interruptedBy
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    /** @param {NodeJS.Signals} signal */
    const pass = signal => {
      interruptedBy = signal
      child.kill(signal)
    }
    for (const signal of signals) process.on(signal, pass)
    /** @param {string} how */
    const done = how => {
      for (const signal of signals) process.off(signal, pass)
      resolve({ how, interruptedBy })
    }
    child.once('error', error => done(error.message))
    child.once('close', (code, signal) => done(signal ?? `code ${code}`))
  })

/**
 * Once installed, `npm` runs us on node_modules/.bin/node, which `npm ci` is about to delete.
 *
 * @param {string} root
 */
const nodeOutside = root => {
  if (!realpathSync(process.execPath).startsWith(join(realpathSync(root), 'node_modules') + sep))
    return process.execPath
  const name = windows ? 'node.exe' : 'node'
  const found = pathWithout(root)
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(file => existsSync(file))
  return found ?? process.execPath
}

/**
 * The search path without any package's own commands.
 *
 * @param {string} root
 */
const pathWithout = root =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => !folder.startsWith(root) && !folder.includes(`node_modules${sep}.bin`))
    .join(delimiter)
