import type { Chance } from '../chance.ts'
import { operationDuration } from '../weather/propagation.ts'
import { type Generation, type Taken, takenAt } from './acceptance.ts'
import { type DrawKey, makeKey } from './keys.ts'
import type { Regeneration } from './regeneration.ts'
import { type AccountKey, type KeyKind, keyKinds } from './types.ts'

/** Every key that an account ever had, and which of them its regions take when. */
export class KeyHistory {
  readonly #chance: Chance
  readonly #drawKey: DrawKey
  #generations: Generation[] = []
  #retired: AccountKey[] = []
  #known: readonly AccountKey[] = []
  readonly #taken = new Map<string, Taken>()

  constructor(chance: Chance, drawKey: DrawKey) {
    this.#chance = chance
    this.#drawKey = drawKey
    this.renew()
  }

  /** Newest first. */
  get known(): readonly AccountKey[] {
    return this.#known
  }

  taken(region: string, access: 'read' | 'write', now: number): readonly AccountKey[] {
    const held = this.#taken.get(region)
    if (held && now < held.until) return held[access]
    const taken = takenAt(this.#chance, this.#generations, region, now)
    this.#taken.set(region, taken)
    return taken[access]
  }

  /** The newest that `listKeys` shows; nothing where the account has no keys. */
  shown(kind: KeyKind, now: number): Generation | undefined {
    return this.#generations.findLast(
      g => g.key.kind === kind && (g.madeBy === null || now >= g.madeBy.shownAt),
    )
  }

  replace(operation: Regeneration, now: number): void {
    const { kind } = operation
    const current = this.#generations.findLast(g => g.key.kind === kind)
    const key = makeKey(this.#drawKey, kind, (current?.key.generation ?? 0) + 1)
    const kept = this.#generations.filter(g => !this.#isOver(g, now))
    this.#retired.push(...this.#generations.filter(g => this.#isOver(g, now)).map(g => g.key))
    this.#generations = [
      ...kept.map(g => (g === current ? { ...g, replacedBy: operation } : g)),
      { key, madeBy: operation, replacedBy: null },
    ]
    this.#remember()
  }

  /** Four keys that nobody ever had. */
  renew(): void {
    const last = this.#known.reduce((most, { generation }) => Math.max(most, generation), 0)
    this.#generations = keyKinds.map(kind => ({
      key: makeKey(this.#drawKey, kind, last + 1),
      madeBy: null,
      replacedBy: null,
    }))
    this.#remember()
  }

  /** No region takes any of them again. */
  forget(): void {
    this.#retired.push(...this.#generations.map(({ key }) => key))
    this.#generations = []
    this.#remember()
  }

  /** No region will ever take it again, so that a long life does not slow requests down. */
  #isOver({ replacedBy }: Generation, now: number): boolean {
    if (replacedBy === null || now < replacedBy.endsAt) return false
    const { ordinal, knobs, acceptedAt } = replacedBy
    const lastChangeMs = operationDuration(this.#chance, ordinal, knobs) + knobs.spreadMs
    return now >= acceptedAt + lastChangeMs + knobs.oldReadsMs
  }

  #remember(): void {
    this.#known = [...this.#retired, ...this.#generations.map(g => g.key)].reverse()
    this.#taken.clear()
  }
}
