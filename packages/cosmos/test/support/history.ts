import type { Slot } from '@keyturn/core'
import type { Clock } from '@keyturn/keyring'

/** A keyset with its keys by number. */
export interface Content {
  readonly version: number
  readonly keys: Readonly<Record<Slot, number>>
  readonly active: Slot
  readonly fenced: readonly Slot[]
}

interface Entry<T> {
  readonly at: number
  readonly value: T
}

/** What was so during a span: the value at its start and each that replaced it. */
const during = <T>(entries: readonly Entry<T>[], from: number, to: number): T[] => {
  const before = entries.findLastIndex(({ at }) => at < from)
  return entries.filter(({ at }, i) => i >= before && at <= to).map(({ value }) => value)
}

const usable = (content: Content | null): readonly number[] =>
  content === null
    ? []
    : (['primary', 'secondary'] as const)
        .filter(slot => !content.fenced.includes(slot))
        .map(slot => content.keys[slot])

/** By which of its conditions the promise was owed. */
export type Owed = 'held' | 'given' | 'first'

/** A refresh that hung or failed just before may still be shared. */
const sourceWellBeforeMs = 2100
/** A first keyset that comes within this is in time. */
const firstWithinMs = 900

/**
 * What the ring held, the source gave and each endpoint took, and when: what the promise is
 * judged by. The engine knows nothing of it.
 */
export class History {
  readonly #clock: Clock
  readonly #held: Entry<Content | null>[] = [{ at: -1, value: null }]
  readonly #published: Entry<Content | null>[] = [{ at: -1, value: null }]
  readonly #accepted = new Map<string, Entry<readonly number[]>[]>()
  readonly #source: Entry<boolean>[] = [{ at: -1, value: true }]
  readonly #pushes: number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get held(): Content | null {
    return this.#held.at(-1)?.value ?? null
  }

  hold(content: Content): void {
    this.#held.push({ at: this.#clock.now(), value: content })
  }

  publish(content: Content): void {
    this.#published.push({ at: this.#clock.now(), value: content })
  }

  push(): void {
    this.#pushes.push(this.#clock.now())
  }

  accept(endpoint: string, keys: readonly number[]): void {
    const entries = this.#accepted.get(endpoint) ?? []
    entries.push({ at: this.#clock.now(), value: keys })
    this.#accepted.set(endpoint, entries)
  }

  source(isWell: boolean): void {
    this.#source.push({ at: this.#clock.now(), value: isWell })
  }

  /** Why an attempt at this endpoint had to succeed, or `null` where it did not have to. */
  owed(endpoint: string, keys: readonly number[], from: number, to: number): Owed | null {
    const accepted = during(this.#accepted.get(endpoint) ?? [], from, to)
    const good = keys.filter(key => accepted.length > 0 && accepted.every(set => set.includes(key)))
    if (good.some(key => this.#isHeld(key, from, to))) return 'held'
    if (good.some(key => this.#isGiven(key, from, to))) return 'given'
    return good.some(key => this.#isFirst(key, from, to)) ? 'first' : null
  }

  #isHeld(key: number, from: number, to: number): boolean {
    return during(this.#held, from, to).every(content => usable(content).includes(key))
  }

  /** Published before, by a source that is well, and newer than what is held. */
  #isGiven(key: number, from: number, to: number): boolean {
    const [held] = during(this.#held, from, from)
    const published = during(this.#published, from, to)
    return (
      held != null &&
      published.every(content => usable(content).includes(key)) &&
      (published[0]?.version ?? 0) > held.version &&
      during(this.#source, from - sourceWellBeforeMs, to).every(isWell => isWell) &&
      !this.#pushes.some(at => at >= from && at <= to)
    )
  }

  #isFirst(key: number, from: number, to: number): boolean {
    const [before, ...later] = this.#held.filter(
      ({ at }, i) => at <= to && (this.#held[i + 1]?.at ?? Number.POSITIVE_INFINITY) >= from,
    )
    const [first] = later
    return (
      before?.value === null &&
      first !== undefined &&
      first.at - from <= firstWithinMs &&
      later.every(({ value }) => usable(value).includes(key))
    )
  }
}
