import t from 'tap'
import { openCalendar } from '../../src/outside/calendar.ts'
import type { Cron } from '../../src/ports.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Every day at the hour that the pattern names; any library of cron patterns does as much. */
const daily: Cron = {
  next(pattern, _timeZone, after) {
    if (pattern === 'never') return null
    const today = Math.floor(after / dayMs) * dayMs + Number(pattern) * hourMs
    return today > after ? today : today + dayMs
  },
}

const night = { opens: '2', timeZone: 'Europe/Berlin', forMs: 3 * hourMs }
const at = (hour: number, options: Partial<Parameters<typeof openCalendar>[0]> = {}) =>
  openCalendar({
    windows: [night],
    schedule: null,
    cron: daily,
    wallNow: () => 10 * dayMs + hour * hourMs,
    ...options,
  })

t.test('a window is open from its opening on, for as long as it lasts', async t => {
  const inside = (hour: number) => at(hour).view(0, null).insideWindow
  t.same([1.9, 2, 4.9, 5, 23].map(inside), [false, true, true, false, false])
})

t.test('the next opening is told on observed time, whatever the wall says', async t => {
  t.equal(at(1).view(5_000, null).windowOpensAt, 5_000 + hourMs)
  t.equal(at(3).view(5_000, null).windowOpensAt, 5_000 + 23 * hourMs)
  const none = { ...night, opens: 'never' }
  t.same(at(3, { windows: [none] }).view(0, null), {
    insideWindow: false,
    windowOpensAt: null,
    dueAt: null,
  })
})

t.test('the earliest of several windows counts, and any of them lets in', async t => {
  const noon = { opens: '12', timeZone: 'UTC', forMs: hourMs }
  t.equal(at(6, { windows: [night, noon] }).view(0, null).windowOpensAt, 6 * hourMs)
  t.equal(at(12.5, { windows: [night, noon] }).view(0, null).insideWindow, true)
})

t.test('every so many days since the last one began; a pattern’s first time after it', async t => {
  const began = 8 * dayMs
  const weekly = at(0, { schedule: { everyDays: 7 } })
  t.equal(weekly.view(1_000, began).dueAt, 1_000 + 5 * dayMs)
  t.equal(weekly.view(1_000, null).dueAt, null, 'not before there is something to turn')
  const nightly = at(0, { schedule: { cron: '3', timeZone: 'UTC' } })
  t.equal(nightly.view(0, 10 * dayMs).dueAt, 3 * hourMs)
  t.ok((nightly.view(0, began).dueAt ?? 0) < 0, 'one that was missed is due now')
})
