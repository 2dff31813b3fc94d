import { randomUUID } from 'node:crypto'
import type { Chance } from '../chance.ts'
import type { Clock } from '../clock.ts'
import type { RegenerationKnobs } from '../weather/propagation.ts'
import {
  type AccountFlags,
  type AccountUpdate,
  invalid,
  type Life,
  newFlags,
  type Started,
} from './change.ts'
import { defaultGeography, Geography, type GeographyKnobs } from './geography.ts'
import { KeyHistory } from './key-history.ts'
import type { DrawKey } from './keys.ts'
import type { LocationRequest } from './locations.ts'
import {
  defaultManagement,
  type Operation,
  type OperationKnobs,
  OperationLog,
  type OperationName,
  planOperation,
} from './operation.ts'
import { planRegeneration, type Regeneration } from './regeneration.ts'
import { firstLocations, newLocations, newOrder, noSuchRegion, placeOf } from './relocation.ts'
import { Timeline } from './timeline.ts'
import type { AccountKey, KeyKind, KeyRing, Region } from './types.ts'

export type { AccountFlags, AccountUpdate, Life, Started } from './change.ts'

export interface AccountOptions {
  readonly name: string
  /** Their names in the order of failover priority: the first is written to. */
  readonly regions: readonly string[]
  readonly clock: Clock
  readonly chance: Chance
  readonly drawKey: DrawKey
  readonly regeneration: RegenerationKnobs
  readonly geography?: Partial<GeographyKnobs>
  readonly management?: Partial<OperationKnobs>
  /** Called when a deletion has taken effect. */
  readonly onRemoved?: () => void
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
  /** For the next regeneration; one under way keeps what it was accepted with. */
  readonly regeneration: RegenerationKnobs
  /** For the next operation on regions. */
  readonly geographyKnobs: GeographyKnobs
  /** For the next creation, update or deletion. */
  readonly managementKnobs: OperationKnobs

  readonly #clock: Clock
  readonly #chance: Chance
  readonly #timeline = new Timeline()
  readonly #operations = new OperationLog()
  readonly #keys: KeyHistory
  readonly #onRemoved: (() => void) | undefined
  #flags: AccountFlags = newFlags()
  #life: Life = 'present'
  #createdAt: number
  #instanceId: string = randomUUID()

  constructor(options: AccountOptions) {
    this.name = options.name
    this.regeneration = options.regeneration
    this.geographyKnobs = { ...defaultGeography, ...options.geography }
    this.managementKnobs = { ...defaultManagement, ...options.management }
    this.#clock = options.clock
    this.#onRemoved = options.onRemoved
    this.#chance = options.chance
    this.#createdAt = options.clock.now()
    const { regions, clock, chance } = options
    this.geography = new Geography(regions, clock, chance, this.#timeline)
    this.#keys = new KeyHistory(chance, options.drawKey)
  }

  /** What holds now: what an operation under way asks for comes with its end. */
  get flags(): AccountFlags {
    this.#settle()
    return this.#flags
  }

  get life(): Life {
    this.#settle()
    return this.#life
  }

  get createdAt(): number {
    return this.#createdAt
  }

  get instanceId(): string {
    return this.#instanceId
  }

  /** The regions that serve, in the order of their failover priority. */
  get regions(): readonly Region[] {
    return this.geography.regions
  }

  keysTakenBy(region: string, access: 'read' | 'write'): readonly AccountKey[] {
    const now = this.#settle()
    return this.#life === 'creating' ? [] : this.#keys.taken(region, access, now)
  }

  /** Newest first. */
  keysKnown(): readonly AccountKey[] {
    return this.#keys.known
  }

  /** The operation under way, if there is one: it holds the account's exclusive lock. */
  running(): Operation | undefined {
    return this.#operations.running(this.#clock.now())
  }

  provisioningState(): 'Succeeded' | 'Updating' | 'Creating' | 'Deleting' {
    const running = this.running()
    if (running === undefined) return 'Succeeded'
    if (running.name === 'create') return 'Creating'
    return running.name === 'delete' ? 'Deleting' : 'Updating'
  }

  operation(id: string): Operation | undefined {
    return this.#operations.find(id)
  }

  /** What `listKeys` shows now. */
  shown(kind: KeyKind): ShownKey {
    const shown = this.#keys.shown(kind, this.#clock.now())
    if (shown === undefined) throw new Error(`The account has no key of the kind ${kind}.`)
    return { key: shown.key, generationTime: shown.madeBy?.shownAt ?? this.#createdAt }
  }

  /**
   * Accepts a regeneration, or returns `undefined` while another runs. The new key exists from
   * now on; who takes it when is the weather's business.
   */
  regenerate(kind: KeyKind): Regeneration | undefined {
    const operation = this.#operations.start('regenerateKey', this.#clock.now(), accepted =>
      planRegeneration(this.#chance, accepted, kind, this.regeneration),
    )
    if (operation?.takesEffect) this.#keys.replace(operation, operation.acceptedAt)
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
   * PATCH and PUT of an account that is there. Flags change at the operation's end, as recorded;
   * regions come and go as in other operations on regions. Both at once is refused, as Microsoft
   * publishes.
   */
  update({ flags = {}, locations, also }: AccountUpdate): Started {
    const target = locations && newLocations(this.geography, locations)
    if (target && 'why' in target) return invalid(target.why)
    const others = Object.keys(flags).length > 0 || also !== undefined
    if (target?.moves && others) {
      return invalid('Regions cannot be changed at the same time as other properties.')
    }
    const effect = (operation: Operation): void => {
      this.#atEnd(operation, () => {
        Object.assign(this.#flags, flags)
        also?.()
      })
      if (target?.moves) {
        this.geography.planLocations(operation, target.names, this.geographyKnobs)
      }
    }
    return this.#start('update', effect, target?.moves ? this.geographyKnobs : this.managementKnobs)
  }

  /** Its keys, regions and data go with it; ARM's own name for it stays free. */
  remove(): Started {
    return this.#start(
      'delete',
      operation => {
        this.#life = 'deleting'
        this.geography.planLocations(operation, [], this.geographyKnobs)
        this.#timeline.add(operation.endsAt, () => {
          this.#life = operation.takesEffect ? 'absent' : 'present'
          if (operation.takesEffect) this.#removed()
        })
      },
      this.managementKnobs,
    )
  }

  /** Makes a deleted account anew, with keys that nobody ever had. They are taken at its end. */
  create({ flags = {}, locations, also }: AccountUpdate): Started {
    const places = firstLocations(locations ?? [])
    if ('why' in places) return invalid(places.why)
    return this.#start(
      'create',
      operation => {
        this.#life = 'creating'
        this.#createdAt = operation.acceptedAt
        this.#instanceId = randomUUID()
        this.#flags = { ...newFlags(), ...flags }
        also?.()
        this.#keys.renew()
        this.geography.planLocations(operation, places.names, this.geographyKnobs)
        this.#timeline.add(operation.endsAt, () => {
          this.#life = operation.takesEffect ? 'present' : 'absent'
          if (!operation.takesEffect) this.#keys.forget()
        })
      },
      this.managementKnobs,
    )
  }

  #removed(): void {
    this.#keys.forget()
    this.#onRemoved?.()
  }

  /** Lets happen what is due; tells the time. */
  #settle(): number {
    const now = this.#clock.now()
    this.#timeline.settle(now)
    return now
  }

  #atEnd(operation: Operation, happen: () => void): void {
    if (operation.takesEffect) this.#timeline.add(operation.endsAt, happen)
  }

  #start(
    name: OperationName,
    effect: (operation: Operation) => void,
    knobs: OperationKnobs = this.geographyKnobs,
  ): Started {
    const operation = this.#operations.start(name, this.#clock.now(), accepted =>
      planOperation(this.#chance, accepted, knobs),
    )
    if (operation === undefined) return { refused: 'locked' }
    effect(operation)
    return { operation }
  }
}
