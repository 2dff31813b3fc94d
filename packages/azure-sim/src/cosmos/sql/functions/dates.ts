import type { Value } from '../syntax.ts'
import type { Builtin, Builtins } from './builtin.ts'
import { isWhole, takes } from './builtin.ts'

/*
 * Microsoft: "Date and time functions". Dates are texts in UTC, `2026-01-31T12:00:00.0000000Z`; ticks
 * are 100 nanoseconds since year 1 (as .NET counts), timestamps are milliseconds since 1970.
 */

const epochTicks = 621_355_968_000_000_000n

/** The years 1 to 9999, which dates can be in. */
const firstMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

const form = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?Z?)?$/

/** Milliseconds since 1970, and the ticks below one; `undefined` where the text is no date. */
function parseDate(text: Value): { ms: number; ticks: number } | undefined {
  const parts = typeof text === 'string' ? form.exec(text) : null
  if (parts === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = parts
  const digits = fraction.padEnd(7, '0')
  const exact = `${year}-${month}-${day}T${hour}:${minute}:${second}.${digits.slice(0, 3)}Z`
  const ms = Date.parse(exact)
  // A day or an hour that there is not would be read as one of the next month or day.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== exact || ms < firstMs) return undefined
  return { ms, ticks: Number(digits.slice(3)) }
}

function show(ms: number, ticks = 0): string | undefined {
  if (!(ms >= firstMs && ms <= lastMs)) return undefined
  const text = new Date(ms).toISOString()
  return `${text.slice(0, -1)}${String(ticks).padStart(4, '0')}Z`
}

const units: readonly (readonly [names: readonly string[], ms: number | 'year' | 'month'])[] = [
  [['year', 'yyyy', 'yy'], 'year'],
  [['month', 'mm', 'm'], 'month'],
  [['day', 'dd', 'd'], 86_400_000],
  [['hour', 'hh'], 3_600_000],
  [['minute', 'mi', 'n'], 60_000],
  [['second', 'ss', 's'], 1_000],
  [['millisecond', 'ms'], 1],
  [['microsecond', 'mcs'], 0.001],
  [['nanosecond', 'ns'], 0.000_001],
]

function unitOf(name: Value): number | 'year' | 'month' | undefined {
  if (typeof name !== 'string') return undefined
  return units.find(([names]) => names.includes(name.toLowerCase()))?.[1]
}

function add([part, count, text]: readonly Value[]): Value {
  const date = parseDate(text)
  const unit = unitOf(part)
  if (date === undefined || unit === undefined || !isWhole(count)) return undefined
  if (typeof unit === 'string') {
    const moved = new Date(date.ms)
    const months = unit === 'year' ? count * 12 : count
    const day = moved.getUTCDate()
    moved.setUTCDate(1)
    moved.setUTCMonth(moved.getUTCMonth() + months)
    const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0))
    moved.setUTCDate(Math.min(day, last.getUTCDate()))
    return show(moved.getTime(), date.ticks)
  }
  const ticks = date.ticks + Math.round(count * unit * 10_000)
  const whole = Math.floor(ticks / 10_000)
  return show(date.ms + whole, ticks - whole * 10_000)
}

/** How many borders of the unit lie between the two. */
function difference([part, from, to]: readonly Value[]): Value {
  const start = parseDate(from)
  const end = parseDate(to)
  const unit = unitOf(part)
  if (start === undefined || end === undefined || unit === undefined) return undefined
  const [a, b] = [new Date(start.ms), new Date(end.ms)]
  const years = b.getUTCFullYear() - a.getUTCFullYear()
  if (unit === 'year') return years
  if (unit === 'month') return years * 12 + b.getUTCMonth() - a.getUTCMonth()
  const count = ({ ms, ticks }: { ms: number; ticks: number }): number =>
    Math.floor((unit < 1 ? ms + ticks / 10_000 : ms) / unit)
  return count(end) - count(start)
}

function partOf([part, text]: readonly Value[]): Value {
  const date = parseDate(text)
  if (date === undefined || typeof part !== 'string') return undefined
  const at = new Date(date.ms)
  const name = units.find(([names]) => names.includes(part.toLowerCase()))?.[0][0]
  const below = at.getUTCMilliseconds() * 10_000 + date.ticks
  const read: Record<string, number> = {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
    millisecond: at.getUTCMilliseconds(),
    microsecond: Math.floor(below / 10),
    nanosecond: below * 100,
  }
  return name === undefined ? undefined : read[name]
}

function fromParts(items: readonly Value[]): Value {
  if (!items.every(isWhole)) return undefined
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ticks = 0] = items
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  const time = `${two(hour)}:${two(minute)}:${two(second)}.${String(ticks).padStart(7, '0')}`
  const parsed = parseDate(`${date}T${time}Z`)
  return parsed === undefined ? undefined : show(parsed.ms, parsed.ticks)
}

/** The start of the bin that a date lies in, counted from `origin`, else from 1970. */
function bin([text, part, size = 1, origin]: readonly Value[]): Value {
  const date = parseDate(text)
  const unit = unitOf(part)
  const zero = origin === undefined ? 0 : parseDate(origin)?.ms
  if (date === undefined || typeof unit !== 'number' || !isWhole(size) || size < 1) return undefined
  if (zero === undefined) return undefined
  const width = unit * size
  return show(zero + Math.floor((date.ms - zero) / width) * width)
}

const ticksOf = ({ ms, ticks }: { ms: number; ticks: number }): number =>
  Number(BigInt(ms) * 10_000n + BigInt(ticks) + epochTicks)

function fromTicks([ticks]: readonly Value[]): Value {
  if (!isWhole(ticks)) return undefined
  const since = BigInt(ticks) - epochTicks
  const below = ((since % 10_000n) + 10_000n) % 10_000n
  return show(Number((since - below) / 10_000n), Number(below))
}

const now = (read: (ms: number) => Value): Builtin => takes(0, (_, frame) => read(frame.now))

const nowText = now(ms => show(ms))
const nowMs = now(ms => ms)
const nowTicks = now(ms => ticksOf({ ms, ticks: 0 }))

export const dateFunctions: Builtins = {
  GETCURRENTDATETIME: nowText,
  GETCURRENTDATETIMESTATIC: nowText,
  GETCURRENTTIMESTAMP: nowMs,
  GETCURRENTTIMESTAMPSTATIC: nowMs,
  GETCURRENTTICKS: nowTicks,
  GETCURRENTTICKSSTATIC: nowTicks,
  DATETIMEADD: takes(3, add),
  DATETIMEBIN: takes([2, 4], bin),
  DATETIMEDIFF: takes(3, difference),
  DATETIMEFROMPARTS: takes([3, 7], fromParts),
  DATETIMEPART: takes(2, partOf),
  DATETIMETOTICKS: takes(1, ([text]) => {
    const date = parseDate(text)
    return date === undefined ? undefined : ticksOf(date)
  }),
  DATETIMETOTIMESTAMP: takes(1, ([text]) => parseDate(text)?.ms),
  TICKSTODATETIME: takes(1, fromTicks),
  TIMESTAMPTODATETIME: takes(1, ([ms]) => (isWhole(ms) ? show(ms) : undefined)),
}
