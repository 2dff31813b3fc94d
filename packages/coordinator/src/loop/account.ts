import {
  type Answer,
  type Asker,
  againstRetiring,
  type Blocker,
  type DryRun,
  decide,
  declaredDead,
  departed,
  dryRun,
  type Effect,
  evictees,
  forgettable,
  hasEnded,
  type IncomingReport,
  type Member,
  type OutsideEffect,
  obey,
  type Pair,
  receive,
  type Verb,
  type World,
} from '@keyturn/core'
import { inShort } from '../azure/azure-error.ts'
import { JournalConflict, type JournalEntry } from '../ports.ts'
import type { AccountOptions, AccountPorts, AccountState } from './account-parts.ts'
import { apply } from './apply.ts'
import { Gatherer, type Known } from './gather.ts'
import { RunningHooks } from './hooks.ts'
import { keyOf } from './key.ts'
import { Ledger } from './ledger.ts'
import { Hearing } from './platform.ts'
import { stopwatch } from './stopwatch.ts'
import { told } from './told.ts'

export type { AccountOptions, AccountPorts } from './account-parts.ts'

/** One account's turns: gather, decide, record, apply. Boot is just another turn. */
export class Account {
  readonly options: AccountOptions
  readonly #ports: AccountPorts
  readonly #gatherer: Gatherer
  readonly #epoch: number
  readonly #hooks: RunningHooks | null
  readonly #hearing: Hearing | null
  readonly #pair: Pair
  readonly #ledger: Ledger
  #reachableSince = 0
  #blockers: readonly Blocker[] = []
  #turning: Promise<unknown> = Promise.resolve()
  /** The version that the last turn wrote to the vault. */
  #written: number | null = null

  constructor(options: AccountOptions, ports: AccountPorts, epoch: number) {
    this.options = options
    this.#ports = ports
    this.#epoch = epoch
    this.#gatherer = new Gatherer(ports)
    this.#pair = options.pair ?? 'readWrite'
    this.#ledger = new Ledger(keyOf(options), ports.store, ports.log, epoch)
    this.#hooks = ports.hooks ? new RunningHooks(ports.hooks, () => this.observe()) : null
    this.#hearing = ports.platform ? new Hearing(ports.platform) : null
    this.#reachableSince = this.observe()
  }

  /**
   * Counts the time. Called often enough that a gap means: this process was stopped, or its
   * machine asleep. Whoever started meanwhile found no coordinator, and what was last reported
   * is older than it looks: everybody gets the time to join again (PROTOCOL, P9).
   */
  observe(): number {
    const { turnMsMax } = this.options.policy.limits
    const { at, missed } = this.#ports.store.observe(this.#ledger.key, turnMsMax)
    if (missed) this.#reachableSince = at
    return at
  }

  /** Folds the journal anew: at boot, and when somebody else has written to it. */
  load(): void {
    this.#ledger.load()
  }

  journal(after = 0, limit?: number): readonly JournalEntry[] {
    return this.#ledger.entries(after, limit)
  }

  /** Of the newest event that is known here. */
  get revision(): number {
    return this.#ledger.revision
  }

  /** A key has leaked, and is not turned yet. */
  get isUrgent(): boolean {
    const { rotation } = this.#ledger.record
    return rotation !== null && rotation.emergency !== null && !hasEnded(rotation.phase)
  }

  get pair(): Pair {
    return this.#pair
  }

  get state(): AccountState {
    const { record, fleet, now } = this.#known()
    const evidence = this.#gatherer.evidence
    return { record, fleet, now, blockers: this.#blockers, evidence }
  }

  /** The version that everybody should hold, once it was read back from the vault. */
  get announced(): number {
    const { published } = this.#ledger.record
    return published?.confirmed ? published.version : 0
  }

  /**
   * Below it a member that joins serves nothing (P9): the last version that was read back. What
   * is only intended opens no gate yet, and a vault that cannot be written starves no new pod.
   * Whoever was deposed takes reports all the same, and answers by its successor's journal.
   */
  floor(): number {
    this.#ledger.follow()
    return this.#ledger.record.readBack
  }

  /**
   * Takes a member's report, durably, before it is answered. A late or repeated one changes
   * nothing and is answered all the same: the member may have lost the first answer.
   */
  receive(name: string, incoming: IncomingReport): void {
    const { store, log } = this.#ports
    const known = store.fleet(this.#ledger.key).members.filter(member => member.name === name)
    const received = receive(name, known, incoming, this.observe())
    if (!received.taken) return
    store.putMembers(this.#ledger.key, received.rows, received.weakens)
    for (const { incarnation, standing } of received.rows) {
      const before = known.find(member => member.incarnation === incarnation)?.standing
      if (before !== standing) log.info({ event: `member-${standing}`, member: name, incarnation })
    }
  }

  /** Turns and verbs never overlap; each sees what the one before it recorded. */
  turn(): Promise<'acted' | 'waited' | 'failed'> {
    return this.#inOrder(() => this.#turn())
  }

  /** @param asked who asks, for the journal */
  obey(verb: Verb, asked?: Asker): Promise<Answer> {
    return this.#inOrder(async () => {
      const seen =
        verb.verb === 'adopt' || verb.verb === 'retire'
          ? await this.#gatherer.everything(this.#known())
          : this.#gatherer.lastSeen(this.#known())
      const world = { ...seen, ...this.#known() }
      const answer = obey(world, verb)
      const [first, ...others] = answer.done ? answer.events : []
      if (first !== undefined) {
        const events = [asked === undefined ? first : { ...first, asked }, ...others]
        this.#ledger.append(events, { rows: evicted(world, verb) })
      }
      return answer
    })
  }

  /** What a rotation would do, and what would hold it now. Nothing is changed. */
  plan(what: Parameters<typeof dryRun>[1]): Promise<DryRun> {
    return this.#inOrder(async () => {
      const { published } = this.#ledger.record
      // The key that would have to carry everything, if it signs anyway: never the one that would
      // go, and no standby, which Azure would count as used, and not regenerate for 12 hours.
      const probes = published && what.slot !== published.active ? [published.active] : []
      const world = await this.#gatherer.everything(this.#known(), probes)
      return dryRun({ ...world, ...this.#known() }, what, this.journal())
    })
  }

  /** What stands against ending key authentication now. */
  againstRetiring(): Promise<readonly Blocker[]> {
    return this.#inOrder(async () => {
      const world = await this.#gatherer.everything(this.#known())
      const notAdopted = 'This account has not been adopted: run keyturn init.'
      return this.#ledger.record.published
        ? againstRetiring({ ...world, ...this.#known() })
        : [{ code: 'NOT_ADOPTED', sentence: notAdopted }]
    })
  }

  async #turn(): Promise<'acted' | 'waited' | 'failed'> {
    this.#ports.store.confirmLead(this.#epoch)
    this.#noteDeclared()
    const gathered = await this.#gatherer.gather(this.#known())
    // Looking takes time: what is decided begins now (P1), on what was reported until now (P9).
    const fleet = this.#ports.store.fleet(this.#ledger.key)
    const passed = stopwatch(this.#ports.clocks)
    const world = { ...gathered, ...this.#known(fleet.members) }
    const decision = decide(world)
    if (decision.kind === 'wait') {
      this.#forget(world)
      this.#written = null
      this.#blockers = told(decision.blockers, this.#blockers, gathered.arm)
      return 'waited'
    }
    this.#blockers = []
    const isIntent = decision.events.some(({ type }) => type === 'regenerate-intended')
    const rows = departed(fleet, decision.events)
    this.#ledger.append(decision.events, {
      rows,
      ...(isIntent ? { fleetRevision: fleet.revision } : {}),
    })
    if (decision.outside) return this.#applyOutside(decision.outside)
    if (!decision.effect) return 'acted'
    const { account, endpoint } = this.options
    const pair = this.#pair
    const place = { account, endpoint, pair, installation: this.#ledger.record.installation ?? '' }
    const { events, failure } = await apply(decision.effect, place, this.#ports, passed)
    this.#gatherer.rest(this.observe())
    this.#ledger.append(events)
    const reason = failure ?? this.#wroteAgain(decision.effect)
    if (reason === null) return 'acted'
    this.#ports.log.warn({ event: 'effect-failed', effect: decision.effect.do, failure: reason })
    return 'failed'
  }

  /** Before it counts: a member's own word is held against it, whatever restarts in between. */
  #noteDeclared(): void {
    const { store, log } = this.#ports
    const { platform, fleet } = this.#known()
    const rows = platform ? declaredDead(fleet.members, platform) : []
    if (rows.length === 0) return
    store.putMembers(this.#ledger.key, rows, false)
    for (const { name } of rows) log.info({ event: 'member-declared-dead', member: name })
  }

  /** Who left long ago: nothing asks for their rows any more. */
  #forget(world: World): void {
    const { store, log } = this.#ports
    const rows = forgettable(world)
    if (rows.length === 0) return
    store.dropMembers(this.#ledger.key, rows)
    log.info({ event: 'members-forgotten', members: rows.map(({ name }) => name) })
  }

  async #applyOutside(effect: OutsideEffect): Promise<'waited' | 'failed'> {
    if (effect.do === 'run-hook') {
      const { rotation, consumer, slot } = effect
      this.#ports.log.info({ event: 'hook-started', consumer, slot })
      this.#hooks?.start(rotation, consumer, slot)
      return 'waited'
    }
    try {
      await this.#ports.localAuth?.disable()
      return 'waited'
    } catch (error) {
      this.#ports.log.warn({ event: 'effect-failed', effect: effect.do, failure: inShort(error) })
      return 'failed'
    }
  }

  /** A vault that lags behind its own writes is given time, not one more version at once. */
  #wroteAgain(effect: Effect): string | null {
    const version = effect.do === 'publish' ? effect.publication.version : null
    const again = version !== null && version === this.#written
    this.#written = version
    return again ? 'Key Vault does not show the version that was written' : null
  }

  #known(members = this.#ports.store.fleet(this.#ledger.key).members): Known {
    const now = this.observe()
    const { calendar } = this.#ports
    return {
      now,
      ...(this.#hooks ? { hooks: this.#hooks.views } : {}),
      ...(this.#hearing ? { platform: this.#hearing.view(now) } : {}),
      ...(calendar ? { calendar: calendar.view(now, this.#ledger.since) } : {}),
      epoch: this.#epoch,
      record: this.#ledger.record,
      policy: this.options.policy,
      fleet: { reachableSince: this.#reachableSince, members },
    }
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turning.then(work).catch(error => {
      if (error instanceof JournalConflict && error.moved === 'journal') this.load()
      throw error
    })
    this.#turning = next.catch(() => undefined)
    return next
  }
}

/** The rows of whoever an operator's word takes out of the fleet. */
const evicted = (world: World, verb: Verb): readonly Member[] =>
  verb.verb === 'evict'
    ? evictees(world, verb.member).map(member => ({ ...member, standing: 'evicted' }))
    : []
