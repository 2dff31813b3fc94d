import { type Span, SqlError } from './sql-error.ts'
import type { Value } from './syntax.ts'

/** What a running query has at hand: a slot for each name that FROM and JOIN bind. */
export interface Frame {
  readonly slots: Value[]
  readonly parameters: ReadonlyMap<string, Value>
  /** Milliseconds since the epoch, the same for the whole query. */
  readonly now: number
  /** Aggregates of the group at hand, by their number. */
  aggregates: readonly Value[]
  /** How many rows FROM and JOIN have bound so far. */
  readonly bound: { count: number }
  /** From 0 to 1, replayable. */
  random(): number
}

export type Evaluate = (frame: Frame) => Value

/** The names that an expression may use, innermost first. */
export class Scope {
  readonly #outer: Scope | undefined
  readonly #names = new Map<string, number>()
  readonly #slots: { count: number }
  #last: number | undefined

  constructor(outer?: Scope) {
    this.#outer = outer
    this.#slots = outer === undefined ? { count: 0 } : outer.#slots
  }

  /** How many slots a frame needs. */
  get slotCount(): number {
    return this.#slots.count
  }

  /** The slot that was bound last here, named or not. */
  get last(): number | undefined {
    return this.#last
  }

  bind(name: string): number {
    const slot = this.reserve()
    this.#names.set(name, slot)
    return slot
  }

  /** A slot without a name. */
  reserve(): number {
    this.#last = this.#slots.count++
    return this.#last
  }

  find(name: string): number | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name)
  }

  slotOf(name: string, span: Span): number {
    const slot = this.find(name)
    if (slot !== undefined) return slot
    throw new SqlError(`Identifier '${name}' could not be resolved.`, 'SC2001', {
      start: span.start,
      end: span.end,
    })
  }
}
