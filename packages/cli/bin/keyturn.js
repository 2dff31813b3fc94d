#!/usr/bin/env node
// Starts the command: the built one where it is installed, the sources in a checkout.
// Nothing is imported before the version check, so that an old Node gets a sentence, not a stack.

const version = process.versions.node
const [major = 0, minor = 0] = version.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    `keyturn needs Node 22.22 or newer, and this is Node ${version}; install a newer one (a checkout brings its own: \`npm run keyturn --\`).\n`,
  )
  process.exitCode = 1
} else {
  await start()
}

async function start() {
  const { existsSync } = await import('node:fs')
  const { fileURLToPath } = await import('node:url')
  const source = new URL('../src/main.ts', import.meta.url)
  if (existsSync(source)) await runSource(fileURLToPath(source))
  else await import(new URL('../dist/main.js', import.meta.url).href)
}

/** @param {string} main */
async function runSource(main) {
  const args = [
    ...process.execArgv,
    '--conditions=keyturn-source',
    '--disable-warning=ExperimentalWarning',
    main,
    ...process.argv.slice(2),
  ]
  // The same process with other flags: signals and the exit code need nobody to pass them on.
  if (process.execve && process.platform !== 'win32')
    process.execve(process.execPath, [process.execPath, ...args], process.env)
  else await runChild(args)
}

/** @param {string[]} args */
async function runChild(args) {
  const { spawn } = await import('node:child_process')
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => {
    for (const each of signals) process.removeAllListeners(each)
    if (signal === null) process.exitCode = code ?? 1
    else process.kill(process.pid, signal)
  })
}
