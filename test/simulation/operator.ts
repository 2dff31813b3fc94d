import {
  type AccountRecord,
  type Blocker,
  type BlockerCode,
  hasEnded,
  otherSlot,
  type Slot,
  slots,
  type Verb,
} from '@keyturn/core'
import type { Turn } from './settings.ts'
import type { World } from './world.ts'

/** Somebody on call: says what has to be said, and says it again where nobody heard. */
export class Operator {
  readonly #world: World
  #rotations = 0
  #adoptions = 0

  constructor(world: World) {
    this.#world = world
  }

  /** Resolves whether it was done; `false` also where no coordinator answers. */
  async say(verb: Verb): Promise<boolean> {
    const { leader, trace, timeline } = this.#world
    if (leader === null || leader.process.stopped) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    // Nobody waits for ever for an answer that a crash has swallowed.
    timeline.after(90_000, () => resolve(false))
    leader.process.deliver(() => {
      leader.account.obey(verb).then(
        answer => {
          const refused = answer.done ? '' : `: refused, ${answer.blockers[0]?.code}`
          trace.tell('operator', `says ${verb.verb}${refused}`)
          leader.leading.wake(leader.account)
          resolve(answer.done)
        },
        () => resolve(false),
      )
    })
    return promise
  }

  adopt(takeOver = false): Promise<boolean> {
    this.#adoptions += 1
    const installation = `installation-${this.#adoptions}`
    return this.say({ verb: 'adopt', by: 'ops', installation, takeOver })
  }

  rotate(turn: Turn): Promise<boolean> {
    this.#rotations += 1
    const verb = { verb: 'rotate', by: 'ops', reason: turn, id: `r${this.#rotations}` } as const
    const active = this.#world.leader?.account.state.record.published?.active ?? 'primary'
    switch (turn) {
      case 'both':
        return this.say(verb)
      case 'standby':
        return this.say({ ...verb, slot: otherSlot(active) })
      case 'active':
        return this.say({ ...verb, slot: active })
      case 'leaked':
        return this.declareLeaked(this.#world.chance.of(verb.id).pick(slots))
    }
  }

  /** A key is known to others: an emergency of its own, or a new plan for the running rotation. */
  declareLeaked(slot: Slot): Promise<boolean> {
    this.#rotations += 1
    const id = `r${this.#rotations}`
    return this.say({ verb: 'rotate', by: 'ops', reason: 'leaked', id, slot, emergency: true })
  }

  steer(verb: 'pause' | 'resume' | 'abort'): Promise<boolean> {
    return this.say({ verb, by: 'ops', reason: 'the simulation' })
  }

  /** What the runbook says to each blocker, once nothing is broken any more. */
  async help(): Promise<void> {
    const state = this.#state()
    if (state === null) return
    const { record, blockers, isAhead } = state
    const codes: readonly BlockerCode[] = blockers.map(({ code }) => code)
    if (record.installation === null) await this.adopt()
    if (record.rotation?.paused) await this.steer('resume')
    if (codes.includes('VAULT_DIFFERS')) await this.#restoreVault(record)
    // A member that took somebody else's keyset never goes back to ours of the same version.
    else if (holdsAnother.some(code => codes.includes(code)) || isAhead) await this.adopt(true)
    if (codes.includes('MEMBER_NOT_DURABLE')) this.#giveDisks()
    if (maybeDead.some(code => codes.includes(code))) await this.#evictTheDead()
    if (codes.includes('FLEET_UNKNOWN')) this.#start(`spare-${this.#world.pods.length}`)
    for (const { code, member } of blockers) {
      if (code === 'MEMBER_MISSING' && member) this.#startMissing(member)
    }
    if (codes.includes('AZURE_REFUSED') && isStuckAtAzure(record)) await this.steer('abort')
  }

  #state(): {
    record: AccountRecord
    blockers: readonly Blocker[]
    /** Somebody holds a newer version than ours: another hand wrote it. */
    isAhead: boolean
  } | null {
    const { leader } = this.#world
    if (leader === null) return null
    const { record, blockers, fleet } = leader.account.state
    const newest = Math.max(...fleet.members.map(({ report }) => report.held?.version ?? 0))
    return { record, blockers, isAhead: newest > (record.published?.version ?? newest) }
  }

  /** Somebody's edit is undone; where another installation has written, ours takes over again. */
  async #restoreVault(record: AccountRecord): Promise<void> {
    const { vault, timeline, trace, checker } = this.#world
    const isForeign = vault.latest?.document?.installation !== record.installation
    if (isForeign && (await this.adopt(true))) return
    const ours = vault.versions.findLast(
      ({ by, document }) => by === 'coordinator' && document?.version === record.published?.version,
    )
    trace.tell('operator', ours ? 'restores the keyset in Key Vault' : 'deletes the edited secret')
    checker.hand()
    if (ours) vault.write(ours.text, 'human', timeline.now)
    else vault.delete()
    this.#world.onVaultWritten()
  }

  #giveDisks(): void {
    for (const pod of this.#world.pods) {
      if (pod.plan.durable || !pod.isUp) continue
      this.#world.trace.tell(pod.label, 'is given a durable directory')
      pod.plan.durable = true
      pod.restartSidecar()
    }
  }

  /** Whoever is silent and whose process is known to be dead; the others are left to speak. */
  async #evictTheDead(): Promise<void> {
    const { leader, policy, pods, deadProcesses } = this.#world
    if (leader === null) return
    const { fleet, now } = leader.account.state
    const silent = fleet.members.filter(
      ({ standing, reportedAt }) =>
        standing === 'joined' && now - reportedAt > policy.limits.reportAgeMsMax,
    )
    const isDead = (incarnation: string): boolean =>
      deadProcesses.has(incarnation.slice(0, incarnation.lastIndexOf('-')))
    for (const name of new Set(silent.map(row => row.name))) {
      const rows = silent.filter(row => row.name === name)
      if (!rows.every(({ incarnation }) => isDead(incarnation))) continue
      // Whoever runs under that name and has not reported yet would be taken out with them. He may
      // go on under the incarnation of a process before his, where nobody had answered that one.
      const heard = fleet.members.filter(
        row => row.name === name && row.standing === 'joined' && !silent.includes(row),
      )
      const living = pods.filter(pod => pod.name === name && pod.isUp)
      if (living.length > heard.length) continue
      const reason = 'it is known to be dead'
      const isDone = await this.say({ verb: 'evict', by: 'ops', reason, member: name })
      for (const pod of pods) if (isDone && pod.name === name && !pod.isUp) pod.bound = false
    }
  }

  #startMissing(name: string): void {
    if (!this.#world.pods.some(pod => pod.name === name && pod.isUp)) this.#start(name)
  }

  #start(name: string): void {
    const label = `${name}-new-${this.#world.pods.length}`
    this.#world.addPod({ name, label, mountLagMs: null, durable: true, clients: 1 })
  }
}

/**
 * What a dead member blocks with. An emergency's deadline waives its silence, never that it lacks
 * the key that remains.
 */
const maybeDead: readonly BlockerCode[] = ['MEMBER_STALE', 'MEMBER_TWIN', 'KEYSET_BEHIND']

/** What a member says that took an edited keyset of the very version that is published. */
const holdsAnother: readonly BlockerCode[] = ['KEYSET_BEHIND', 'NOT_FENCED']

const isStuckAtAzure = ({ rotation }: AccountRecord): boolean =>
  rotation !== null && !hasEnded(rotation.phase) && rotation.phase.at === 'regenerating-standby'
