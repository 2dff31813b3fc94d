import { type AccountRecord, type BlockerCode, hasEnded, type Verb } from '@keyturn/core'
import type { SimPod } from './fleet/pod.ts'
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

  rotate(): Promise<boolean> {
    this.#rotations += 1
    return this.say({ verb: 'rotate', by: 'ops', reason: 'time', id: `r${this.#rotations}` })
  }

  steer(verb: 'pause' | 'resume' | 'abort'): Promise<boolean> {
    return this.say({ verb, by: 'ops', reason: 'the simulation' })
  }

  /** What the runbook says to each blocker, once nothing is broken any more. */
  async help(): Promise<void> {
    const state = this.#state()
    if (state === null) return
    const { record, codes } = state
    if (record.installation === null) await this.adopt()
    if (record.rotation?.paused) await this.steer('resume')
    if (codes.includes('VAULT_DIFFERS')) await this.#restoreVault(record)
    if (codes.includes('MEMBER_NOT_DURABLE')) this.#giveDisks()
    if (codes.includes('MEMBER_STALE') || codes.includes('MEMBER_TWIN')) await this.#evictTheDead()
    if (codes.includes('FLEET_UNKNOWN')) this.#startSpare()
    if (codes.includes('AZURE_REFUSED') && isStuckAtAzure(record)) await this.steer('abort')
  }

  #state(): { record: AccountRecord; codes: readonly BlockerCode[] } | null {
    const { leader } = this.#world
    if (leader === null) return null
    const { record, blockers } = leader.account.state
    return { record, codes: blockers.map(({ code }) => code) }
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

  async #evictTheDead(): Promise<void> {
    for (const pod of this.#world.pods) {
      if (!pod.bound || !this.#isToBeEvicted(pod)) continue
      const { name } = pod
      await this.say({ verb: 'evict', by: 'ops', reason: 'it is known to be dead', member: name })
    }
  }

  /** Dead, or followed by another incarnation that does not know it: the silent row goes. */
  #isToBeEvicted(pod: SimPod): boolean {
    return !pod.isUp || pod.hasForgotten || this.#world.twinsOf(pod).some(twin => !twin.isUp)
  }

  #startSpare(): void {
    const { pods } = this.#world
    const name = `spare-${pods.length}`
    this.#world.addPod({ name, label: name, mountLagMs: null, durable: true, clients: 1 })
  }
}

const isStuckAtAzure = ({ rotation }: AccountRecord): boolean =>
  rotation !== null && !hasEnded(rotation.phase) && rotation.phase.at === 'regenerating-standby'
