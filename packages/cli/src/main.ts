import { run } from './run.ts'

const asked = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => asked.abort())
}

// A process that another one of ours started ends with it, even if that one was killed.
if (process.env['KEYTURN_ENDS_WITH_PARENT'] === '1') {
  process.stdin.on('end', () => asked.abort()).resume()
  process.stdin.unref?.()
}

process.exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: asked.signal,
})
