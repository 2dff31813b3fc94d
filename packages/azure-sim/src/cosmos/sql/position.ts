import { isObject, type Json, parseJson } from '../json.ts'
import { SqlError } from './sql-error.ts'
import type { Value } from './syntax.ts'

/** Where a page of a query ended: behind which row, and how much of TOP and OFFSET is used up. */
export interface Position {
  readonly rid: string
  /** How many results of that row were given; more than one where JOINs multiply it. */
  readonly index: number
  /** What it was sorted by; nothing where that was too long for a token. */
  readonly keys: readonly Value[]
  /** Results given since the beginning, and those left out by OFFSET. */
  readonly taken: number
  readonly passed: number
}

/** Part of the hash space, from `min` up to before `max`. */
export interface Extent {
  readonly min: string
  readonly max: string
}

/** What `x-ms-continuation` says: a place within a range, or the beginning of one. */
export interface Continuation {
  readonly position: Position | undefined
  readonly range: Extent | undefined
}

const form = /^\+RID:([^#]*)#RT:(\d+)#TRC:(\d+)#SKP:(\d+)(?:#KEY:([\w-]*))?$/

/** What sorts a result is left out of longer tokens; the result's rid alone must do then. */
const keyBytesMax = 700

/** The service's outer form; what is within the token is nobody's business but the service's. */
export function writeContinuation({ position, range }: Continuation): string {
  const token = position === undefined ? null : writePosition(position)
  return JSON.stringify(range === undefined ? { token } : { token, range })
}

function writePosition({ rid, index, keys, taken, passed }: Position): string {
  const items = keys.map(item => (item === undefined ? {} : { item }))
  const key = Buffer.from(JSON.stringify(items)).toString('base64url')
  return `+RID:${rid}#RT:${index}#TRC:${taken}#SKP:${passed}${keys.length === 0 || key.length > keyBytesMax ? '' : `#KEY:${key}`}`
}

/** @throws SqlError where no page gave this text */
export function readContinuation(text: string): Continuation {
  const parsed = parseJson(text)
  const given = isObject(parsed) ? parsed : {}
  const range = extentOf(given['range'])
  if (given['token'] === null && range !== undefined) return { position: undefined, range }
  return { position: readPosition(given['token']), range }
}

function extentOf(range: Json | undefined): Extent | undefined {
  if (range === undefined) return undefined
  const { min, max } = isObject(range) ? range : {}
  if (typeof min === 'string' && typeof max === 'string') return { min, max }
  throw invalid()
}

function readPosition(token: Json | undefined): Position {
  const parts = typeof token === 'string' ? form.exec(token) : null
  if (parts === null) throw invalid()
  const [, rid = '', index, taken, passed, key] = parts
  return {
    rid,
    index: Number(index),
    taken: Number(taken),
    passed: Number(passed),
    keys: key === undefined ? [] : readKeys(key),
  }
}

function readKeys(key: string): Value[] {
  const items = parseJson(Buffer.from(key, 'base64url').toString('utf8'))
  if (!Array.isArray(items)) throw invalid()
  return items.map((item: Json) => (isObject(item) ? (item['item'] as Value) : undefined))
}

export const invalid = (): SqlError => new SqlError('Invalid Continuation Token')
