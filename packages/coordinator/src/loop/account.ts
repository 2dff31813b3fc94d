import {
  type AccountRecord,
  type Answer,
  type Blocker,
  decide,
  type Effect,
  emptyRecord,
  evictees,
  type Fleet,
  fold,
  type IncomingReport,
  type JournalEvent,
  type Member,
  obey,
  type Policy,
  receive,
  type Verb,
  type World,
} from '@keyturn/core'
import type { Logger } from 'pino'
import { type Arm, JournalConflict, type Prober, type Store, type Vault } from '../ports.ts'
import { apply } from './apply.ts'
import { Gatherer, type Known } from './gather.ts'

export interface AccountOptions {
  /** What operators call it. */
  readonly name: string
  /** ARM resource id. */
  readonly account: string
  /** What clients are given. */
  readonly endpoint: string
  readonly policy: Policy
}

export interface AccountPorts {
  readonly store: Store
  readonly arm: Arm
  readonly vault: Vault
  readonly prober: Prober
  readonly log: Logger
}

export interface AccountState {
  readonly record: AccountRecord
  readonly fleet: Fleet
  readonly now: number
  readonly blockers: readonly Blocker[]
}

/** One account's turns: gather, decide, record, apply. Boot is just another turn. */
export class Account {
  readonly options: AccountOptions
  readonly #ports: AccountPorts
  readonly #gatherer: Gatherer
  readonly #epoch: number
  #reachableSince = 0
  #record: AccountRecord = emptyRecord
  #revision = 0
  #blockers: readonly Blocker[] = []
  #turning: Promise<unknown> = Promise.resolve()
  /** The version that the last turn wrote to the vault. */
  #written: number | null = null

  constructor(options: AccountOptions, ports: AccountPorts, epoch: number) {
    this.options = options
    this.#ports = ports
    this.#epoch = epoch
    this.#gatherer = new Gatherer(ports)
    this.load()
    this.#reachableSince = this.observe()
  }

  /**
   * Counts the time. Called often enough that a gap means: this process was stopped, or its
   * machine asleep. Whoever started meanwhile found no coordinator, and what was last reported
   * is older than it looks: everybody gets the time to join again (PROTOCOL, P9).
   */
  observe(): number {
    const { turnMsMax } = this.options.policy.limits
    const { at, missed } = this.#ports.store.observe(this.options.account, turnMsMax)
    if (missed) this.#reachableSince = at
    return at
  }

  /** Folds the journal anew: at boot, and when somebody else has written to it. */
  load(): void {
    this.#record = emptyRecord
    this.#revision = 0
    for (const entry of this.#ports.store.journal(this.options.account)) {
      this.#record = fold(this.#record, entry.event, entry.at)
      this.#revision = entry.revision
    }
  }

  get state(): AccountState {
    const { record, fleet, now } = this.#known()
    return { record, fleet, now, blockers: this.#blockers }
  }

  /** The version that everybody should hold, once it was read back from the vault. */
  get announced(): number {
    const { published } = this.#record
    return published?.confirmed ? published.version : 0
  }

  /**
   * Below it a member that joins serves nothing (P9): the last version that was read back. What
   * is only intended opens no gate yet, and a vault that cannot be written starves no new pod.
   */
  get floor(): number {
    return this.#record.readBack
  }

  /**
   * Takes a member's report, durably, before it is answered. A late or repeated one changes
   * nothing and is answered all the same: the member may have lost the first answer.
   */
  receive(name: string, incoming: IncomingReport): void {
    const { store, log } = this.#ports
    const { account } = this.options
    const known = store.fleet(account).members.filter(member => member.name === name)
    const received = receive(name, known, incoming, this.observe())
    if (!received.taken) return
    store.putMembers(account, received.rows, received.weakens)
    for (const { incarnation, standing } of received.rows) {
      const before = known.find(member => member.incarnation === incarnation)?.standing
      if (before !== standing) log.info({ event: `member-${standing}`, member: name, incarnation })
    }
  }

  /** Turns and verbs never overlap; each sees what the one before it recorded. */
  turn(): Promise<'acted' | 'waited' | 'failed'> {
    return this.#inOrder(() => this.#turn())
  }

  obey(verb: Verb): Promise<Answer> {
    return this.#inOrder(async () => {
      const seen =
        verb.verb === 'adopt'
          ? await this.#gatherer.everything(this.#known())
          : this.#gatherer.lastSeen(this.#known())
      const world = { ...seen, ...this.#known() }
      const answer = obey(world, verb)
      if (answer.done) this.#append(answer.events, { rows: evicted(world, verb) })
      return answer
    })
  }

  async #turn(): Promise<'acted' | 'waited' | 'failed'> {
    this.#ports.store.confirmLead(this.#epoch)
    const gathered = await this.#gatherer.gather(this.#known())
    // Looking takes time: what is decided begins now (P1), on what was reported until now (P9).
    const fleet = this.#ports.store.fleet(this.options.account)
    const decision = decide({ ...gathered, ...this.#known(fleet.members) })
    if (decision.kind === 'wait') {
      this.#written = null
      this.#blockers = decision.blockers
      return 'waited'
    }
    this.#blockers = []
    const isIntent = decision.events.some(({ type }) => type === 'regenerate-intended')
    this.#append(decision.events, isIntent ? { fleetRevision: fleet.revision } : {})
    if (!decision.effect) return 'acted'
    const { account, endpoint } = this.options
    const place = { account, endpoint, installation: this.#record.installation ?? '' }
    const { events, failure } = await apply(decision.effect, place, this.#ports)
    this.#append(events)
    const reason = failure ?? this.#wroteAgain(decision.effect)
    if (reason === null) return 'acted'
    this.#ports.log.warn({ event: 'effect-failed', effect: decision.effect.do, failure: reason })
    return 'failed'
  }

  /** A vault that lags behind its own writes is given time, not one more version at once. */
  #wroteAgain(effect: Effect): string | null {
    const version = effect.do === 'publish' ? effect.publication.version : null
    const again = version !== null && version === this.#written
    this.#written = version
    return again ? 'Key Vault does not show the version that was written' : null
  }

  #append(
    events: readonly JournalEvent[],
    { fleetRevision, rows }: { fleetRevision?: number; rows?: readonly Member[] } = {},
  ): void {
    if (events.length === 0) return
    const expected = { epoch: this.#epoch, revision: this.#revision, fleetRevision }
    const { store, log } = this.#ports
    const { revision, at } = store.append(this.options.account, expected, events, rows)
    this.#revision = revision
    for (const event of events) {
      this.#record = fold(this.#record, event, at)
      const { type, ...facts } = event
      log.info({ event: type, facts })
    }
  }

  #known(members = this.#ports.store.fleet(this.options.account).members): Known {
    return {
      now: this.observe(),
      epoch: this.#epoch,
      record: this.#record,
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
