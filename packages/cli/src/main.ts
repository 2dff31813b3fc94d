import { run } from './run.ts'

const asked = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => asked.abort(signal))
}

/** How long an orphan may take to end properly, in ms: whoever it would tell may be gone as well. */
const orphanMsMax = 5_000

// A process that another one of ours started ends with it, even if that one was killed.
if (process.env['KEYTURN_ENDS_WITH_PARENT'] === '1') {
  const orphaned = () => {
    asked.abort()
    setTimeout(() => process.exit(1), orphanMsMax).unref()
  }
  process.stdin.on('end', orphaned).on('error', orphaned).resume()
  process.stdin.unref?.()
}

// Whoever read the output has read enough: `keyturn watch | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: asked.signal,
})

// Asked to end, all has been ended that was begun; what still waits for an answer waits in vain.
if (asked.signal.aborted) process.exit(exitCode)
process.exitCode = exitCode
