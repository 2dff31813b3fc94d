import { Cron as Pattern } from 'croner'
import type { Cron } from '../ports.ts'

/** Patterns of five or six fields, as croner reads them; it knows days that have no 2:30. */
export const systemCron: Cron = {
  next: (pattern, timeZone, after) =>
    new Pattern(pattern, { timezone: timeZone }).nextRun(new Date(after))?.getTime() ?? null,
}

/** Whether a pattern can be read. */
export const isCronPattern = (pattern: string): boolean => {
  try {
    return new Pattern(pattern) instanceof Pattern
  } catch {
    return false
  }
}
