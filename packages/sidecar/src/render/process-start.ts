import { readFile } from 'node:fs/promises'

/** When a process began, in ticks of a hundredth of a second since the machine started. */
export interface Started {
  readonly pid: number
  readonly at: number
}

const ticksPerSecond = 100
/** One tick of that clock, and the whole of the next. */
export const tickMs = 2 * (1_000 / ticksPerSecond)
/** `starttime` is field 22; what follows the closing parenthesis of the name begins with field 3. */
const startField = 22 - 3

/** What this machine says of time. */
export interface Clocks {
  /** `/proc/uptime` */
  readonly uptime: string
  /** `/proc/self/stat` */
  readonly ownStat: string
  /** Since this process began, in seconds; no more than truly went by. */
  readonly ranSeconds: number
}

/**
 * Now, on the clock by which the kernel dates starts of processes; wall clocks may jump, this one
 * does not. `null` where there is no such clock, then no start proves anything: some containers are
 * shown an uptime of their own (lxcfs), and by that one every process began in the future.
 */
export const ticksOf = ({ uptime, ownStat, ranSeconds }: Clocks): number | null => {
  const now = Math.round(Number.parseFloat(uptime) * ticksPerSecond)
  const began = startOf(ownStat)
  if (Number.isNaN(now) || began === null) return null
  // Each is cut to its own tick.
  return now + 2 < began + ranSeconds * ticksPerSecond ? null : now
}

/** @see ticksOf */
export const ticksNow = async (): Promise<number | null> => {
  const ranSeconds = process.uptime()
  const ownStat = await readFile('/proc/self/stat', 'utf8').catch(() => '')
  const uptime = await readFile('/proc/uptime', 'utf8').catch(() => '')
  return ticksOf({ uptime, ownStat, ranSeconds })
}

const startOf = (stat: string): number | null => {
  // The name in parentheses may itself hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const at = Number(fields[startField])
  return fields.length <= startField || Number.isNaN(at) ? null : at
}

/**
 * The process that a pid file names now; `null` where it names none that lives here. This process is
 * nobody's consumer: containers that do not share their pids each have a first process of their own.
 */
export const startedBy = async (pidFile: string): Promise<Started | null> => {
  const text = await readFile(pidFile, 'utf8').catch(() => '')
  const pid = /^\d{1,9}$/.test(text.trim()) ? Number(text) : 0
  if (pid === 0 || pid === process.pid) return null
  const at = startOf(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))
  return at === null ? null : { pid, at }
}
