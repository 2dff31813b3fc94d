import { countOf, fold, type Program } from './compile-select.ts'
import { invalid, type Position } from './position.ts'
import type { Frame } from './scope.ts'
import type { Value } from './syntax.ts'
import { canonicalText, compareValues } from './value.ts'

/** A document as a query sees it. */
export interface Row {
  readonly rid: string
  readonly value: unknown
}

export interface Run {
  /** In the order of their rids as texts. */
  readonly rows: readonly Row[]
  readonly parameters: ReadonlyMap<string, Value>
  /** Milliseconds since the epoch. */
  readonly now: number
  /** At most so many results. */
  readonly size: number
  readonly from: Position | undefined
}

export interface Results {
  readonly items: readonly Value[]
  /** Where the next page begins, if anything is left. */
  readonly next: Position | undefined
}

/** One result of one row, and what it is sorted by. */
interface Entry {
  readonly rid: string
  readonly index: number
  readonly keys: readonly Value[]
  readonly value: Value
}

/** The number within a document's rid: its bytes 8 to 15, lowest first, as the SDKs compare them. */
function numberOf(rid: string): bigint {
  const bytes = Buffer.from(rid.replaceAll('-', '/'), 'base64')
  return bytes.length < 16 ? 0n : bytes.readBigUInt64LE(8)
}

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** One page of a query's answer. */
export function run(program: Program, { rows, parameters, now, size, from }: Run): Results {
  const frame = frameOf(program, parameters, now)
  const documents = program.root === undefined ? [none] : rows
  if (program.grouped) return runGrouped(program, frame, documents, size, from)
  const entries =
    program.orderKeys.length > 0
      ? sorted(program, frame, documents)
      : streamed(program, frame, documents, program.select.distinct ? undefined : from)
  return paged(program, frame, entries, size, from)
}

/** What a query without FROM reads. */
const none: Row = { rid: '', value: undefined }

function frameOf(program: Program, parameters: Frame['parameters'], now: number): Frame {
  let drawn = 0
  return {
    slots: new Array<Value>(program.slotCount()).fill(undefined),
    parameters,
    now,
    aggregates: [],
    bound: { count: 0 },
    // A linear congruence is chance enough for RAND(), and replays.
    random: () => {
      drawn = (Math.imul(drawn ^ (now % 2 ** 31), 1_664_525) + 1_013_904_223) >>> 0
      return drawn / 2 ** 32
    },
  }
}

function setRoot({ root }: Program, { slots }: Frame, row: Row): void {
  if (root !== undefined) slots[root] = row.value as Value
}

function entriesOf(program: Program, frame: Frame, row: Row): Entry[] {
  const entries: Entry[] = []
  let index = 0
  setRoot(program, frame, row)
  program.eachRow(frame, () => {
    const value = program.project(frame)
    if (value === undefined) return
    const keys = program.orderKeys.map(key => key(frame))
    index += 1
    entries.push({ rid: row.rid, index, keys, value })
  })
  return entries
}

/** In the order of the rows; those before the position are left out unread. */
function* streamed(
  program: Program,
  frame: Frame,
  rows: readonly Row[],
  from: Position | undefined,
): Generator<Entry> {
  for (let at = from === undefined ? 0 : firstAt(rows, from.rid); at < rows.length; at++) {
    const row = rows[at]
    if (row !== undefined) yield* entriesOf(program, frame, row)
  }
}

/** The first row that does not lie before a rid. */
function firstAt(rows: readonly Row[], rid: string): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.rid ?? '') < rid) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * What is equal is in the order of the documents' numbers, or against it where anything descends: as
 * the SDKs take it for granted when they go on behind a page (RidSkipCountFilter of @azure/cosmos).
 */
function comparer({ select: { orderBy } }: Program): (a: Place, b: Place) => number {
  if (orderBy.length === 0) return (a, b) => textOrder(a.rid, b.rid) || a.index - b.index
  const signs = orderBy.map(({ direction }) => (direction === 'DESC' ? -1 : 1))
  const ridSign = signs.includes(-1) ? -1 : 1
  return (a, b) => {
    for (const [at, sign] of signs.entries()) {
      const order = compareValues(a.keys[at], b.keys[at])
      if (order !== 0) return order * sign
    }
    if (a.rid === b.rid) return a.index - b.index
    return numberOf(a.rid) < numberOf(b.rid) ? -ridSign : ridSign
  }
}

type Place = Pick<Entry, 'rid' | 'index' | 'keys'>

function sorted(program: Program, frame: Frame, rows: readonly Row[]): Entry[] {
  return rows.flatMap(row => entriesOf(program, frame, row)).sort(comparer(program))
}

/** Whether former pages have given a result, or passed over it. */
function behind(
  program: Program,
  entries: Iterable<Entry>,
  from: Position | undefined,
): (entry: Entry) => boolean {
  if (from === undefined) return () => false
  const compare = comparer(program)
  if (!Array.isArray(entries) || from.keys.length > 0) return entry => compare(entry, from) <= 0
  // A token that could not hold what it was sorted by: the result itself tells while it is there,
  // else the number of results before it.
  const last = entries.find(({ rid, index }) => rid === from.rid && index === from.index)
  let left = from.taken + from.passed
  return entry => (last === undefined ? left-- > 0 : compare(entry, last) <= 0)
}

/** Leaves out what former pages gave, then what OFFSET passes over; stops at TOP or LIMIT. */
function paged(
  program: Program,
  frame: Frame,
  entries: Iterable<Entry>,
  size: number,
  from: Position | undefined,
): Results {
  const { select } = program
  const { parameters } = frame
  const offset = countOf(select.window?.offset, parameters, 'OFFSET') ?? 0
  const limit = Math.min(
    countOf(select.top, parameters, 'TOP') ?? Number.POSITIVE_INFINITY,
    countOf(select.window?.limit, parameters, 'LIMIT') ?? Number.POSITIVE_INFINITY,
  )
  const isBefore = behind(program, entries, from)
  const seen = new Set<string>()
  const items: Value[] = []
  let { taken, passed } = from ?? { taken: 0, passed: 0 }
  let last: Entry | undefined
  if (taken >= limit) return { items, next: undefined }
  for (const entry of entries) {
    if (select.distinct) {
      const text = canonicalText(entry.value)
      if (seen.has(text)) continue
      seen.add(text)
    }
    if (isBefore(entry)) continue
    if (items.length >= size) {
      const { rid = '', index = 0, keys = [] } = last ?? {}
      return { items, next: { rid, index, keys, taken, passed } }
    }
    last = entry
    if (passed < offset) {
      passed += 1
      continue
    }
    items.push(entry.value)
    taken += 1
    if (taken >= limit) break
  }
  return { items, next: undefined }
}

/** Groups have no rid: a page goes on behind so many of them, in the order of their first rows. */
function runGrouped(
  program: Program,
  frame: Frame,
  rows: readonly Row[],
  size: number,
  from: Position | undefined,
): Results {
  const { select } = program
  const { parameters } = frame
  if (from !== undefined && from.rid !== '') throw invalid()
  let results = fold(program, frame, take => {
    for (const row of rows) {
      setRoot(program, frame, row)
      program.eachRow(frame, take)
    }
  })
  if (select.distinct) {
    results = [...new Map(results.map(value => [canonicalText(value), value])).values()]
  }
  const offset = countOf(select.window?.offset, parameters, 'OFFSET') ?? 0
  const limit =
    countOf(select.window?.limit, parameters, 'LIMIT') ?? countOf(select.top, parameters, 'TOP')
  const wanted = results.slice(offset, limit === undefined ? undefined : offset + limit)
  const start = from?.taken ?? 0
  const taken = start + size
  const next = taken < wanted.length ? { rid: '', index: 0, keys: [], taken, passed: 0 } : undefined
  return { items: wanted.slice(start, taken), next }
}
