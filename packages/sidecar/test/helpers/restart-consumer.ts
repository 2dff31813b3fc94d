import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * A reload command as people write them: ends the consumer that runs, and starts another one.
 * Arguments: pid file. The file is in `KEYTURN_FILE`.
 */
const [, , pidFile = ''] = process.argv
const file = process.env['KEYTURN_FILE'] ?? ''

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/stat`)

if (existsSync(pidFile)) {
  const old = Number(readFileSync(pidFile, 'utf8'))
  if (isAlive(old)) process.kill(old, 'SIGKILL')
  rmSync(pidFile)
}
const consumer = fileURLToPath(new URL('./consumer.ts', import.meta.url))
const args = ['--disable-warning=ExperimentalWarning', consumer, file, pidFile]
spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref()
while (!existsSync(pidFile)) await setTimeout(20)
