import type { CalendarView } from '@keyturn/core'
import type { Calendar, Cron } from '../ports.ts'

/** When something may begin: from each time of the pattern on, for so long. */
export interface Window {
  readonly opens: string
  readonly timeZone: string
  readonly forMs: number
}

/** When a rotation is due: at the times of a pattern, or so long after the last one began. */
export type Schedule =
  | { readonly cron: string; readonly timeZone: string }
  | { readonly everyDays: number }

export interface CalendarOptions {
  readonly windows: readonly Window[]
  readonly schedule: Schedule | null
  readonly cron: Cron
  readonly wallNow: () => number
}

const dayMs = 86_400_000

/** Works out, for one moment, what a policy's windows and schedule say of it. */
export const openCalendar = ({ windows, schedule, cron, wallNow }: CalendarOptions): Calendar => ({
  view(observed, since): CalendarView {
    const wall = wallNow()
    const toObserved = (instant: number | null) => instant && observed + instant - wall
    // A window is open where its last opening is no longer ago than it lasts.
    const isInside = ({ opens, timeZone, forMs }: Window): boolean => {
      const opened = cron.next(opens, timeZone, wall - forMs)
      return opened !== null && opened <= wall
    }
    const openings = windows
      .map(({ opens, timeZone }) => cron.next(opens, timeZone, wall))
      .filter(opening => opening !== null)
    return {
      insideWindow: windows.some(isInside),
      windowOpensAt: toObserved(openings.length > 0 ? Math.min(...openings) : null),
      dueAt: toObserved(since === null ? null : dueAfter(schedule, since, cron)),
    }
  },
})

const dueAfter = (schedule: Schedule | null, since: number, cron: Cron): number | null => {
  if (schedule === null) return null
  return 'everyDays' in schedule
    ? since + schedule.everyDays * dayMs
    : cron.next(schedule.cron, schedule.timeZone, since)
}
