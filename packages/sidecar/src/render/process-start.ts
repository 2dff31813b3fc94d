import { readFile } from 'node:fs/promises'

/** When a process began, in ticks of a hundredth of a second since the machine started. */
export interface Started {
  readonly pid: number
  readonly at: number
}

const ticksPerSecond = 100
/** `starttime` is field 22; what follows the closing parenthesis of the name begins with field 3. */
const startField = 22 - 3

/**
 * Now, on the clock by which the kernel dates starts of processes; wall clocks may jump, this one
 * does not. `null` where there is no such clock: then no start proves anything.
 */
export const ticksNow = async (): Promise<number | null> => {
  const text = await readFile('/proc/uptime', 'utf8').catch(() => '')
  const seconds = Number.parseFloat(text)
  return Number.isNaN(seconds) ? null : Math.round(seconds * ticksPerSecond)
}

/**
 * The process that a pid file names now; `null` where it names none that lives here. This process is
 * nobody's consumer: containers that do not share their pids each have a first process of their own.
 */
export const startedBy = async (pidFile: string): Promise<Started | null> => {
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0
  if (pid === 0 || pid === process.pid) return null
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name in parentheses may itself hold blanks and parentheses.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const at = Number(fields[startField])
  return fields.length <= startField || Number.isNaN(at) ? null : { pid, at }
}
