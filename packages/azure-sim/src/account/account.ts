import { randomUUID } from 'node:crypto'
import type { Chance } from '../chance.ts'
import type { Clock } from '../clock.ts'
import { operationDuration, type RegenerationKnobs } from '../weather/propagation.ts'
import { type Generation, type Taken, takenAt } from './acceptance.ts'
import { defaultGeography, Geography, type GeographyKnobs } from './geography.ts'
import { type DrawKey, makeKey } from './keys.ts'
import type { LocationRequest } from './locations.ts'
import { type Operation, OperationLog, type OperationName, planOperation } from './operation.ts'
import { planRegeneration, type Regeneration } from './regeneration.ts'
import { newLocations, newOrder, noSuchRegion, placeOf } from './relocation.ts'
import { Timeline } from './timeline.ts'
import { type AccountKey, type KeyKind, type KeyRing, keyKinds, type Region } from './types.ts'

/** What an operator may switch on the account resource. */
export interface AccountFlags {
  disableLocalAuth: boolean
  disableKeyBasedMetadataWriteAccess: boolean
  capabilities: readonly string[]
  tags: Readonly<Record<string, string>>
}

/** What PATCH and PUT change at once. */
export interface AccountUpdate {
  readonly flags?: Partial<AccountFlags>
  /** All regions that the account shall have. */
  readonly locations?: readonly LocationRequest[]
}

/** What became of a request for a long-running operation. */
export type Started =
  | { readonly operation: Operation }
  /** Another operation holds the exclusive lock. */
  | { readonly refused: 'locked' }
  | { readonly refused: 'invalid'; readonly why: string }

export interface AccountOptions {
  readonly name: string
  /** Their names in the order of failover priority: the first is written to. */
  readonly regions: readonly string[]
  readonly clock: Clock
  readonly chance: Chance
  readonly drawKey: DrawKey
  readonly regeneration: RegenerationKnobs
  readonly geography?: Partial<GeographyKnobs>
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
  /** Where the account is, and how that changes. */
  readonly geography: Geography
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
  /** For the next operation on regions. */
  readonly geographyKnobs: GeographyKnobs

  readonly #clock: Clock
  readonly #chance: Chance
  readonly #drawKey: DrawKey
  readonly #timeline = new Timeline()
  readonly #operations = new OperationLog()
  #generations: Generation[]
  #retired: AccountKey[] = []
  #known: readonly AccountKey[] = []
  readonly #taken = new Map<string, Taken>()

  constructor(options: AccountOptions) {
    this.name = options.name
    this.regeneration = options.regeneration
    this.geographyKnobs = { ...defaultGeography, ...options.geography }
    this.#clock = options.clock
    this.#chance = options.chance
    this.#drawKey = options.drawKey
    this.createdAt = options.clock.now()
    const { regions, clock, chance } = options
    this.geography = new Geography(regions, clock, chance, this.#timeline)
    this.#generations = keyKinds.map(kind => ({
      key: makeKey(options.drawKey, kind, 1),
      madeBy: null,
      replacedBy: null,
    }))
    this.#remember()
  }

  /** The regions that serve, in the order of their failover priority. */
  get regions(): readonly Region[] {
    return this.geography.regions
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

  /** The operation under way, if there is one: it holds the account's exclusive lock. */
  running(): Operation | undefined {
    return this.#operations.running(this.#clock.now())
  }

  provisioningState(): 'Succeeded' | 'Updating' {
    return this.running() ? 'Updating' : 'Succeeded'
  }

  operation(id: string): Operation | undefined {
    return this.#operations.find(id)
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
    const operation = this.#operations.start('regenerateKey', this.#clock.now(), accepted =>
      planRegeneration(this.#chance, accepted, kind, this.regeneration),
    )
    if (operation?.takesEffect) this.#replace(operation)
    return operation
  }

  /** ARM's `failoverPriorityChange`: all regions, each with its new priority; 0 is written to. */
  failover(policies: readonly LocationRequest[]): Started {
    const order = newOrder(this.geography, policies)
    if ('why' in order) return invalid(order.why)
    return this.#start('failoverPriorityChange', operation =>
      this.geography.planOrder(operation, order.names, this.geographyKnobs),
    )
  }

  /** ARM's `offlineRegion`: a forced failover where it is the write region. */
  takeOffline(region: string): Started {
    const place = placeOf(this.geography, region)
    if (place === undefined) return invalid(noSuchRegion(region))
    if (place.state === 'offline') return invalid(`The region ${place.name} is offline already.`)
    if (this.regions.length === 1) return invalid('The only region that serves cannot go offline.')
    return this.#start('offlineRegion', operation =>
      this.geography.planOffline(operation, place.name, this.geographyKnobs),
    )
  }

  /** ARM's `onlineRegion`: it serves reads again, last in the order. */
  bringOnline(region: string): Started {
    const place = placeOf(this.geography, region)
    if (place === undefined) return invalid(noSuchRegion(region))
    if (place.state !== 'offline') return invalid(`The region ${place.name} is online already.`)
    return this.#start('onlineRegion', operation =>
      this.geography.planOnline(operation, place.name),
    )
  }

  /**
   * PATCH and PUT. Flags hold at once, and where no region moves the operation is over when it
   * returns; regions come and go as other operations on regions do. Both at once is refused, as
   * Microsoft publishes.
   */
  update({ flags = {}, locations }: AccountUpdate): Started {
    const target = locations && newLocations(this.geography, locations)
    if (target && 'why' in target) return invalid(target.why)
    if (target?.moves && Object.keys(flags).length > 0) {
      return invalid('Regions cannot be changed at the same time as other properties.')
    }
    const effect = (operation: Operation): void => {
      Object.assign(this.flags, flags)
      if (target?.moves) {
        this.geography.planLocations(operation, target.names, this.geographyKnobs)
      }
    }
    const atOnce = { ...this.geographyKnobs, durationMs: 0, failRate: 0 }
    return this.#start('update', effect, target?.moves ? this.geographyKnobs : atOnce)
  }

  #start(
    name: OperationName,
    effect: (operation: Operation) => void,
    knobs: GeographyKnobs = this.geographyKnobs,
  ): Started {
    const operation = this.#operations.start(name, this.#clock.now(), accepted =>
      planOperation(this.#chance, accepted, knobs),
    )
    if (operation === undefined) return { refused: 'locked' }
    effect(operation)
    return { operation }
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

const invalid = (why: string): Started => ({ refused: 'invalid', why })
