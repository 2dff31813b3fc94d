// Makes a fresh clone ready. It runs before anything is installed, on whatever Node the machine
// has: plain JavaScript, nothing but node:* imported, and nothing at all before the version check.

const major = Number(process.versions.node.split('.')[0])

if (major < 20) {
  process.stderr.write(
    `keyturn: Node ${process.versions.node} is too old; install Node 20 or newer (Keyturn then fetches the Node 24 that it runs on by itself).\n`,
  )
  process.exitCode = 1
} else {
  const { bootstrap } = await import('./bootstrap/bootstrap.js')
  process.exitCode = await bootstrap(new URL('..', import.meta.url))
}
