import { randomUUID } from 'node:crypto'
import type { Chance } from '../chance.ts'
import type { Clock } from '../clock.ts'
import { operationDuration, type RegenerationKnobs } from '../weather/propagation.ts'
import { type Generation, type Taken, takenAt } from './acceptance.ts'
import { type DrawKey, makeKey } from './keys.ts'
import { planRegeneration, type Regeneration } from './regeneration.ts'
import { type AccountKey, type KeyKind, type KeyRing, keyKinds, type Region } from './types.ts'

/** What an operator may switch on the account resource. */
export interface AccountFlags {
  disableLocalAuth: boolean
  disableKeyBasedMetadataWriteAccess: boolean
  capabilities: readonly string[]
  tags: Readonly<Record<string, string>>
}

export interface AccountOptions {
  readonly name: string
  readonly regions: readonly Region[]
  readonly clock: Clock
  readonly chance: Chance
  readonly drawKey: DrawKey
  readonly regeneration: RegenerationKnobs
}

/** What ARM shows of one key at this moment. */
export interface ShownKey {
  readonly key: AccountKey
  readonly generationTime: number
}

/**
 * One Cosmos DB account. Holds the initial keys and the regenerations accepted since; everything
 * else is computed from these and the time, so that no timer can be late.
 */
export class Account implements KeyRing {
  readonly name: string
  readonly regions: readonly Region[]
  readonly instanceId = randomUUID()
  readonly createdAt: number
  readonly flags: AccountFlags = {
    disableLocalAuth: false,
    disableKeyBasedMetadataWriteAccess: false,
    capabilities: [],
    tags: {},
  }
  /** For the next regeneration; one under way keeps what it was accepted with. */
  readonly regeneration: RegenerationKnobs

  readonly #clock: Clock
  readonly #chance: Chance
  readonly #drawKey: DrawKey
  readonly #operations: Regeneration[] = []
  #generations: Generation[]
  #retired: AccountKey[] = []
  #known: readonly AccountKey[] = []
  readonly #taken = new Map<string, Taken>()

  constructor(options: AccountOptions) {
    this.name = options.name
    this.regions = options.regions
    this.regeneration = options.regeneration
    this.#clock = options.clock
    this.#chance = options.chance
    this.#drawKey = options.drawKey
    this.createdAt = options.clock.now()
    this.#generations = keyKinds.map(kind => ({
      key: makeKey(options.drawKey, kind, 1),
      madeBy: null,
      replacedBy: null,
    }))
    this.#remember()
  }

  keysTakenBy(region: string, access: 'read' | 'write'): readonly AccountKey[] {
    const now = this.#clock.now()
    const held = this.#taken.get(region)
    if (held && now < held.until) return held[access]
    const taken = takenAt(this.#chance, this.#generations, region, now)
    this.#taken.set(region, taken)
    return taken[access]
  }

  /** Newest first. */
  keysKnown(): readonly AccountKey[] {
    return this.#known
  }

  /** The regeneration under way, if there is one: it holds the account's exclusive lock. */
  running(): Regeneration | undefined {
    const last = this.#operations.at(-1)
    return last && this.#clock.now() < last.endsAt ? last : undefined
  }

  provisioningState(): 'Succeeded' | 'Updating' {
    return this.running() ? 'Updating' : 'Succeeded'
  }

  operation(id: string): Regeneration | undefined {
    return this.#operations.find(operation => operation.id === id)
  }

  /** What `listKeys` shows now. */
  shown(kind: KeyKind): ShownKey {
    const now = this.#clock.now()
    const shown = this.#generations.findLast(
      g => g.key.kind === kind && (g.madeBy === null || now >= g.madeBy.shownAt),
    )
    if (shown === undefined) throw new Error(`The account has no key of the kind ${kind}.`)
    return { key: shown.key, generationTime: shown.madeBy?.shownAt ?? this.createdAt }
  }

  /**
   * Accepts a regeneration, or returns `undefined` while another runs. The new key exists from
   * now on; who takes it when is the weather's business.
   */
  regenerate(kind: KeyKind): Regeneration | undefined {
    if (this.running()) return undefined
    const request = {
      id: randomUUID(),
      ordinal: this.#operations.length + 1,
      kind,
      acceptedAt: this.#clock.now(),
    }
    const operation = planRegeneration(this.#chance, request, this.regeneration)
    this.#operations.push(operation)
    if (operation.takesEffect) this.#replace(operation)
    return operation
  }

  #replace(operation: Regeneration): void {
    const { kind } = operation
    const current = this.#generations.findLast(g => g.key.kind === kind)
    const key = makeKey(this.#drawKey, kind, (current?.key.generation ?? 0) + 1)
    const now = this.#clock.now()
    const kept = this.#generations.filter(g => !this.#isOver(g, now))
    this.#retired.push(...this.#generations.filter(g => this.#isOver(g, now)).map(g => g.key))
    this.#generations = [
      ...kept.map(g => (g === current ? { ...g, replacedBy: operation } : g)),
      { key, madeBy: operation, replacedBy: null },
    ]
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
