import {
  type AccountRecord,
  type Blocker,
  type BlockerCode,
  decide,
  departed,
  type Effect,
  emptyRecord,
  evictees,
  fold,
  hasEnded,
  type JournalEvent,
  type Limits,
  needs,
  obey,
  type Phase,
  type PhaseName,
  type PlatformView,
  type Policy,
  type Slot,
  type Verb,
  type World,
} from '@keyturn/core'
import { FakeAccount } from './fake-account.ts'
import { FakeFleet, FakeMember } from './fake-fleet.ts'
import { FakeOutside } from './fake-outside.ts'
import { FakeProbes } from './fake-probes.ts'
import { testPolicy } from './limits.ts'

/** What may go wrong with one POST, asked once per intent. `late`: at the last moment possible. */
export type Mail = 'delivered' | 'answer-lost' | 'never-sent' | 'late'

export interface RigOptions {
  readonly names?: string[]
  readonly limits?: Partial<Limits>
  readonly nobody?: boolean
  readonly policy?: Partial<Policy>
}

/**
 * A rotation in virtual time: the real `decide`, `needs`, `fold` and `receive` over a fake
 * account and members that obey. One turn a second; between turns a test does what it likes.
 */
export class Rig {
  now = 0
  epoch = 1
  record: AccountRecord = emptyRecord
  readonly journal: JournalEvent[] = []
  readonly entries: { event: JournalEvent; at: number }[] = []
  readonly azure = new FakeAccount()
  readonly fleet = new FakeFleet()
  readonly members: FakeMember[]
  readonly limits: Partial<Limits>
  readonly outside = new FakeOutside()
  policy: Partial<Policy>
  /** What the platform says; absent: none is asked. */
  platform: PlatformView | undefined
  readonly #nobody: boolean
  blockers: readonly Blocker[] = []
  mail: (slot: Slot) => Mail = () => 'delivered'
  /** Whether looks fail. */
  armDown = false
  vaultDown = false
  reachableSince = 0
  #world: Pick<World, 'arm' | 'vault'> = { arm: null, vault: null }
  #late: { slot: Slot; at: number }[] = []
  readonly #probes = new FakeProbes()

  constructor(options: RigOptions = {}) {
    const { names = ['one', 'two'], limits = {}, nobody = false, policy = {} } = options
    this.members = names.map(name => new FakeMember(name))
    this.limits = limits
    this.#nobody = nobody
    this.policy = policy
  }

  /** Adopted, everybody reporting, settled. */
  static adopted(options: RigOptions = {}): Rig {
    const rig = new Rig(options)
    rig.look()
    rig.say({ verb: 'adopt', by: 'ops', installation: 'here', takeOver: false })
    rig.run(30)
    return rig
  }

  say(verb: Verb): readonly Blocker[] {
    const world = this.world()
    const answer = obey(world, verb)
    if (!answer.done) return answer.blockers
    this.#append(answer.events)
    const leaving = verb.verb === 'evict' ? evictees(world, verb.member) : []
    for (const row of leaving) this.fleet.put({ ...row, standing: 'evicted' })
    return []
  }

  rotate(what: { slot?: Slot; emergency?: boolean } = {}): readonly Blocker[] {
    return this.say({ verb: 'rotate', by: 'ops', reason: 'test', id: 'r1', ...what })
  }

  get phase(): Phase['at'] | null {
    return this.record.rotation?.phase.at ?? null
  }

  get codes(): BlockerCode[] {
    return [...new Set(this.blockers.map(({ code }) => code))]
  }

  member(name: string): FakeMember {
    const found = this.members.find(member => member.name === name)
    if (!found) throw new RangeError(`no member ${name}`)
    return found
  }

  /** Turns of a second until the rotation is there; throws where it never comes. */
  until(phase: PhaseName, seconds = 2_000): this {
    for (let left = seconds; left > 0; left -= 1) {
      if (this.phase === phase) return this
      this.second()
    }
    throw new Error(`stuck in ${this.phase}, not ${phase}: ${JSON.stringify(this.blockers)}`)
  }

  run(seconds: number): this {
    for (let left = seconds; left > 0; left -= 1) this.second()
    return this
  }

  second(): void {
    this.pass()
    for (const member of this.members) {
      if (this.azure.vault) member.hear(this.azure.vault)
      member.work(this.now)
      this.fleet.take(member, this.now)
    }
    this.turns()
  }

  /** A second passes in Azure. */
  pass(): void {
    this.now += 1_000
    this.azure.pass(this.now)
    const due = this.#late.filter(({ at }) => at <= this.now)
    this.#late = this.#late.filter(({ at }) => at > this.now)
    for (const { slot } of due) this.azure.regenerate(slot, this.now)
  }

  /** As many turns as there is something to do. */
  turns(): void {
    for (let turns = 20; turns > 0 && this.turn(); turns -= 1);
  }

  /** One turn of the loop; whether it acted. */
  turn(): boolean {
    this.#gather()
    if (this.platform) this.fleet.declare(this.platform)
    const decision = decide(this.world())
    if (decision.kind === 'wait') {
      this.blockers = decision.blockers
      return false
    }
    this.blockers = []
    for (const row of departed(this.fleet.view(), decision.events)) this.fleet.put(row)
    this.#append(decision.events)
    if (decision.effect) this.#apply(decision.effect)
    if (decision.outside) this.outside.run(decision.outside, this.now)
    return true
  }

  /** A new leader: what the old one had in memory is gone, its journal is not. */
  restart(): void {
    this.epoch += 1
    this.#world = { arm: null, vault: null }
    this.#probes.clear()
    this.outside.restart()
    this.reachableSince = this.now
    let record = emptyRecord
    for (const { event, at } of this.entries) record = fold(record, event, at)
    this.record = record
  }

  get ended(): boolean {
    return this.record.rotation !== null && hasEnded(this.record.rotation.phase)
  }

  world(): World {
    return {
      now: this.now,
      epoch: this.epoch,
      record: this.record,
      policy: this.#policy(),
      fleet: this.fleet.view(this.reachableSince),
      ...this.#world,
      ...this.outside.view(),
      ...(this.platform ? { platform: this.platform } : {}),
      probes: this.#probes.views(this.now),
    }
  }

  #policy(): Policy {
    const names = this.members.map(({ name }) => name)
    const policy = testPolicy(names, this.limits)
    const word = { is: 'none', acceptedBy: 'the test', reason: 'nobody is there' } as const
    return { ...policy, ...(this.#nobody ? { fleet: word } : {}), ...this.policy }
  }

  /** Looks at everything at once. */
  look(): void {
    this.#lookAtArm()
    this.#readVault()
  }

  #gather(): void {
    const { arm, vault } = this.#world
    this.#world = {
      arm: arm && { ...arm, fresh: false },
      vault: vault && { ...vault, fresh: false },
    }
    this.outside.aTurnPasses()
    const needed = needs(this.world())
    if (needed.arm) this.#lookAtArm()
    if (needed.vault) this.#readVault()
    if (needed.evidence) this.outside.readEvidence(this.now)
    if (!this.armDown)
      for (const slot of needed.probes) this.#probes.try(slot, this.azure, this.now)
  }

  #lookAtArm(): void {
    const phase = this.record.rotation?.phase
    const last = phase && 'attempts' in phase ? phase.attempts.at(-1) : undefined
    const operation = last?.outcome.is === 'accepted' ? last.outcome.operation : null
    const { fingerprints, idle } = this.azure
    if (this.armDown) {
      const { arm } = this.#world
      if (arm) this.#world = { ...this.#world, arm: { ...arm, at: this.now, error: 'down' } }
      return
    }
    this.#world = {
      ...this.#world,
      arm: {
        at: this.now,
        fresh: true,
        ...{ idle, fingerprints, localAuthDisabled: this.outside.localAuthDisabled },
        generationTimes: { primary: null, secondary: null },
        operation: operation === null ? null : { operation, status: this.azure.status(operation) },
        error: null,
      },
    }
  }

  #readVault(): void {
    const latest = this.azure.vault
    const seen = { at: this.now, latest, foreign: false }
    const vault = this.vaultDown
      ? { ...seen, latest: this.#world.vault?.latest ?? null, fresh: false, error: 'down' }
      : { ...seen, fresh: true, error: null }
    this.#world = { ...this.#world, vault }
  }

  #apply(effect: Effect): void {
    if (effect.do === 'publish') {
      if (this.vaultDown || this.armDown) return
      const { fingerprints } = effect.publication
      const matches = (['primary', 'secondary'] as const).every(
        slot => fingerprints[slot] === this.azure.keys[slot],
      )
      const { installation } = this.record
      if (matches) this.azure.vault = { ...effect.publication, installation }
      return
    }
    const mail = this.mail(effect.slot)
    if (mail === 'never-sent') return
    if (mail === 'late') {
      const { sendWithinMs, armSettleMs } = this.world().policy.limits
      this.#late.push({ slot: effect.slot, at: this.now + sendWithinMs + armSettleMs - 1_000 })
      return
    }
    if (this.azure.refuses(effect.slot, effect)) {
      const because = 'recently-used'
      const { attempt } = effect
      this.#append([{ type: 'regenerate-settled', attempt, why: 'refused', because }])
      return
    }
    const operation = this.azure.regenerate(effect.slot, this.now)
    if (mail === 'answer-lost') return
    const { attempt } = effect
    this.#append([
      operation === null
        ? { type: 'regenerate-settled', attempt, why: 'refused', detail: 'PreconditionFailed' }
        : { type: 'regenerate-accepted', attempt, operation },
    ])
  }

  #append(events: readonly JournalEvent[]): void {
    for (const event of events) {
      this.journal.push(event)
      this.entries.push({ event, at: this.now })
      this.record = fold(this.record, event, this.now)
    }
  }
}
