import { type Chance, within } from '../chance.ts'
import type { Clock } from '../clock.ts'
import type { Span } from '../weather/propagation.ts'
import type { Operation, OperationKnobs } from './operation.ts'
import type { Timeline } from './timeline.ts'
import type { Region } from './types.ts'

/**
 * Where the account is: its regions in the order of their failover priority, which of them is
 * written to, and how that changes. Management operations start at {@link Account}:
 *
 * - `failover(policies)`: ARM's `failoverPriorityChange`
 * - `takeOffline(name)`, `bringOnline(name)`: ARM's `offlineRegion` and `onlineRegion`
 * - `update({ flags, locations })`: PATCH and PUT; `locations` adds, removes and orders regions
 *
 * Each returns `{ operation }`, or `{ refused: 'locked' }` while another runs (412), or
 * `{ refused: 'invalid', why }` (400). `account.operation(id)` and `statusAt(operation, now)` tell
 * `Enqueued → Dequeued → Succeeded | Failed` of any of them; `account.running()` is the lock and
 * `account.provisioningState()` follows it. An operation whose `endsAt` is not after its
 * `acceptedAt` is over when it returns: ARM answers 200.
 *
 * `account.regions` are the regions that serve now; {@link Geography.locations} also tells those
 * that are being added or removed, or are offline, as ARM's `locations` shows them.
 */
export interface GeographyKnobs extends OperationKnobs {
  /** The longest time in a change of the write region in which no region takes writes. */
  writeGapMs: Span
  /**
   * How long the endpoint of a region that went offline or was removed still answers, with 403 and
   * 1008, before it refuses connections.
   */
  lingerMs: Span
  /** What becomes of writes that the next region has not seen when the write region goes offline. */
  unseenWrites: 'lost' | 'kept'
}

export const defaultGeography: GeographyKnobs = {
  durationMs: [200, 600],
  failRate: 0,
  failedEffect: 'either',
  writeGapMs: [0, 100],
  lingerMs: [0, 200],
  unseenWrites: 'lost',
}

export type PlaceState = 'adding' | 'online' | 'removing' | 'offline'

/** One region as ARM shows it; its place in the list is its failover priority. */
export interface Place {
  readonly name: string
  readonly state: PlaceState
  /** Empty until it listens. */
  readonly endpoint: string
  readonly writable: boolean
}

/** A state of the account's regions, as session tokens tell it. */
export interface Topology {
  /** Grows whenever a region comes or goes, or another is written to. */
  readonly version: number
  /** The write region's number, which stays its own. */
  readonly hub: number
}

interface Site {
  readonly name: string
  state: PlaceState
}

export type ForcedFailover = (next: string, at: number) => void

export class Geography {
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #timeline: Timeline
  readonly #endpoints = new Map<string, string>()
  readonly #lingering = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #forced: ForcedFailover = () => {}
  #sites: Site[]
  #writer: string
  /** No region takes writes: the write region is changing. */
  #held = false
  #regions: readonly Region[] | null = null
  /** Every region that ever was, by the order in which they came. */
  readonly #numbers = new Map<string, number>()
  #topology: Topology = { version: 0, hub: 1 }
  #shape = ''

  constructor(names: readonly string[], clock: Clock, chance: Chance, timeline: Timeline) {
    this.#sites = names.map(name => ({ name, state: 'online' }))
    this.#writer = names[0] ?? ''
    this.#clock = clock
    this.#chance = chance
    this.#timeline = timeline
  }

  /** The regions that serve, in the order of their failover priority; the same list until it changes. */
  get regions(): readonly Region[] {
    this.#timeline.settle(this.#clock.now())
    this.#regions ??= this.#look()
    return this.#regions
  }

  /** What session tokens tell: which region is written to, and how often any of this changed. */
  get topology(): Topology {
    return this.regions.length === 0 ? { version: 0, hub: 0 } : this.#topology
  }

  /** Every region that ARM shows, in the order of failover priority. */
  locations(): readonly Place[] {
    this.#timeline.settle(this.#clock.now())
    return this.#sites.map(({ name, state }) => ({
      name,
      state,
      endpoint: this.#endpoints.get(name) ?? '',
      writable: name === this.#writer,
    }))
  }

  /** The regions whose endpoint is open: those that serve, are being added, or are about to go. */
  listening(): readonly string[] {
    const open = this.locations().filter(({ state }) => state !== 'offline')
    return [...new Set([...open.map(({ name }) => name), ...this.#lingering])]
  }

  /** Tells where a region listens; it is shown to clients from then on. */
  opened(name: string, endpoint: string): void {
    this.#endpoints.set(name, endpoint)
    this.#regions = null
  }

  /** Calls back when regions are about to change; returns how to stop. */
  onPlanned(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Calls back when a forced failover is about to take writes away from their region: who is next,
   * and when.
   */
  onForcedFailover(listener: ForcedFailover): void {
    this.#forced = listener
  }

  /** When the next change of anything is due. */
  get nextChangeAt(): number {
    return this.#timeline.next
  }

  /** Plans a new order of priorities; its first becomes the write region. */
  planOrder(operation: Operation, names: readonly string[], knobs: GeographyKnobs): void {
    if (operation.takesEffect) {
      const at = this.#effectAt(operation)
      const [first = this.#writer] = names
      if (first !== this.#writer) {
        const gapMs = within(knobs.writeGapMs, this.#draw(operation, 'gap'))
        this.#plan(Math.max(operation.acceptedAt, at - gapMs), () => this.#hold(true))
        this.#plan(at, () => this.#hold(false))
      }
      this.#plan(at, () => this.#reorder(names))
    }
    this.#announce()
  }

  /** Plans that a region stops serving; the next in order becomes the write region where it was that. */
  planOffline(operation: Operation, name: string, knobs: GeographyKnobs): void {
    if (operation.takesEffect) {
      const at = this.#effectAt(operation)
      if (knobs.unseenWrites === 'lost') this.#plan(at, () => this.#force(name, at))
      this.#plan(at, () => this.#leave(name, at, operation, knobs))
      if (name === this.#writer) {
        const gapMs = within(knobs.writeGapMs, this.#draw(operation, 'gap'))
        this.#plan(at, () => this.#hold(true))
        this.#plan(Math.min(at + gapMs, operation.endsAt), () => this.#hold(false))
      }
    }
    this.#announce()
  }

  /** Plans that a region serves reads again, last in the order. */
  planOnline(operation: Operation, name: string): void {
    if (operation.takesEffect) this.#plan(this.#effectAt(operation), () => this.#arrive(name))
    this.#announce()
  }

  /** Plans that these become the account's regions, in this order. */
  planLocations(operation: Operation, names: readonly string[], knobs: GeographyKnobs): void {
    const added = names.filter(name => this.#sites.every(site => site.name !== name))
    const removed = this.#sites.filter(({ name }) => !names.includes(name))
    for (const name of added) this.#sites.push({ name, state: 'adding' })
    const former = new Map(removed.map(site => [site, site.state]))
    for (const site of removed) site.state = 'removing'
    this.#regions = null
    if (operation.takesEffect) {
      const at = this.#effectAt(operation)
      this.#plan(at, () => {
        for (const name of added) this.#arrive(name)
        for (const { name } of removed) {
          this.#leave(name, at, operation, knobs)
          this.#sites = this.#sites.filter(site => site.name !== name)
        }
      })
      this.planOrder(operation, names, knobs)
    } else {
      this.#plan(operation.endsAt, () => {
        this.#sites = this.#sites.filter(({ name }) => !added.includes(name))
        for (const [site, state] of former) site.state = state
      })
      this.#announce()
    }
  }

  #look(): readonly Region[] {
    const regions = this.#sites.filter(serves).map(({ name }) => ({
      name,
      endpoint: this.#endpoints.get(name) ?? '',
      writable: name === this.#writer,
      ...(this.#held && name === this.#writer ? { writesHeld: true } : {}),
    }))
    const shape = [this.#writer, ...regions.map(({ name }) => name)].join()
    if (shape !== this.#shape) {
      for (const { name } of regions) {
        if (!this.#numbers.has(name)) this.#numbers.set(name, this.#numbers.size + 1)
      }
      const version = this.#shape === '' ? 0 : this.#topology.version + 1
      this.#topology = { version, hub: this.#numbers.get(this.#writer) ?? 0 }
      this.#shape = shape
    }
    return regions
  }

  #hold(held: boolean): void {
    this.#held = held
  }

  #reorder(names: readonly string[]): void {
    const place = (name: string): number => (names.includes(name) ? names.indexOf(name) : 1e3)
    this.#sites = this.#sites.toSorted((a, b) => place(a.name) - place(b.name))
    this.#writer = this.#sites.find(serves)?.name ?? this.#writer
  }

  #force(name: string, at: number): void {
    const next = this.#sites.find(site => site.name !== name && serves(site))
    if (name === this.#writer && next !== undefined) this.#forced(next.name, at)
  }

  #leave(name: string, at: number, operation: Operation, knobs: GeographyKnobs): void {
    const others = this.#sites.filter(site => site.name !== name)
    this.#sites = [...others, { name, state: 'offline' }]
    if (name === this.#writer) this.#writer = others.find(serves)?.name ?? this.#writer
    const lingerMs = within(knobs.lingerMs, this.#draw(operation, 'linger'))
    this.#lingering.add(name)
    this.#plan(at + lingerMs, () => void this.#lingering.delete(name))
  }

  #arrive(name: string): void {
    this.#lingering.delete(name)
    for (const site of this.#sites) if (site.name === name) site.state = 'online'
  }

  #plan(at: number, happen: () => void): void {
    this.#timeline.add(at, () => {
      happen()
      this.#regions = null
    })
  }

  #announce(): void {
    for (const listener of this.#listeners) listener()
  }

  #effectAt(operation: Operation): number {
    const { dequeuedAt, endsAt } = operation
    return within([dequeuedAt, endsAt], this.#draw(operation, 'effect-at'))
  }

  #draw({ ordinal }: Operation, what: string): number {
    return this.#chance('geography', ordinal, what)
  }
}

const serves = ({ state }: Site): boolean => state === 'online' || state === 'removing'
