import {
  type AccountRecord,
  type ArmView,
  attemptsOf,
  type CalendarView,
  type EvidenceView,
  type Fleet,
  type HookView,
  needs,
  type PlatformView,
  type Policy,
  paced,
  type Slot,
  type VaultView,
  type World,
} from '@keyturn/core'
import { inShort } from '../azure/azure-error.ts'
import type { Arm, ArmLook, Evidence, Prober, Vault } from '../ports.ts'
import { Pace } from './pace.ts'
import { Probes } from './probes.ts'

export interface Known {
  readonly now: number
  readonly epoch: number
  readonly record: AccountRecord
  readonly policy: Policy
  readonly fleet: Fleet
  readonly platform?: PlatformView
  readonly hooks?: readonly HookView[]
  readonly calendar?: CalendarView
}

export interface GathererPorts {
  readonly arm: Arm
  readonly vault: Vault
  readonly prober: Prober
  readonly evidence?: Evidence | undefined
}

const unread = { azureNow: 0, lastUse: { primary: null, secondary: null } } as const

/** Brings the world together: what is known at no cost, then only what this turn needs. */
export class Gatherer {
  readonly #arm: Arm
  readonly #vault: Vault
  readonly #probes: Probes
  #armView: ArmView | null = null
  #vaultView: VaultView | null = null
  readonly #evidence: Evidence | null
  #evidenceView: EvidenceView | null = null
  /** Why ARM could not be looked at, where it never could. */
  #armError: string | null = null
  readonly #pace = new Pace()

  constructor({ arm, vault, prober, evidence }: GathererPorts) {
    this.#arm = arm
    this.#vault = vault
    this.#probes = new Probes(prober)
    this.#evidence = evidence ?? null
  }

  /** ARM has asked to be left alone for a while, in answer to something else than a look. */
  rest(now: number): void {
    this.#pace.rest(now, this.#arm.restMs?.() ?? 0)
  }

  /** What was last read of Azure's evidence. */
  get evidence(): EvidenceView | null {
    return this.#evidenceView
  }

  /** The world as it was last seen, nothing looked up. */
  lastSeen(known: Known): World {
    return {
      ...known,
      armError: this.#armError,
      arm: this.#armView && { ...this.#armView, fresh: false },
      vault: this.#vaultView && { ...this.#vaultView, fresh: false },
      evidence: this.#evidenceView && { ...this.#evidenceView, fresh: false },
      probes: this.#probes.views(known.now),
    }
  }

  async gather(known: Known): Promise<World> {
    const before = this.lastSeen(known)
    const asked = needs(before)
    const needed = this.#pace.isDue(known.now) ? asked : { ...asked, arm: false, probes: [] }
    const [look] = await Promise.all([
      needed.arm ? this.#look(known) : null,
      needed.vault ? this.#read(known) : null,
      needed.evidence ? this.#readEvidence(known) : null,
    ])
    if (look) await this.#probe(look, needed.probes, known.now, spreadMsOf(before))
    return {
      ...known,
      armError: this.#armError,
      arm: needed.arm ? this.#armView : before.arm,
      vault: needed.vault ? this.#vaultView : before.vault,
      evidence: needed.evidence ? this.#evidenceView : (before.evidence ?? null),
      probes: this.#probes.views(known.now),
    }
  }

  /**
   * All of it, whatever was seen before: for a verb that has to know. The loop's own looks are
   * due as before: a turn acts on what it sees, a verb that refuses does not.
   */
  async everything(known: Known, probes: readonly Slot[] = []): Promise<World> {
    const before = { arm: this.#armView, vault: this.#vaultView, evidence: this.#evidenceView }
    const [look] = await Promise.all([
      this.#look(known),
      this.#read(known),
      this.#readEvidence(known),
    ])
    if (look) await this.#probe(look, probes, known.now)
    const seen = { arm: this.#armView, vault: this.#vaultView, evidence: this.#evidenceView }
    const world = { ...this.lastSeen(known), ...seen }
    this.#armView = before.arm
    this.#vaultView = before.vault
    this.#evidenceView = before.evidence
    return world
  }

  async #look(known: Known): Promise<ArmLook | null> {
    const { now, record } = known
    const beat = paced(this.lastSeen(known)).policy.limits
    try {
      const look = await this.#arm.look(operationOf(record))
      const { operation } = look.view
      const running = operation?.status === 'running' ? operation.operation : null
      this.#pace.looked(now, running, this.#arm.restMs?.() ?? 0, beat)
      this.#armError = null
      this.#armView = { ...look.view, at: now, fresh: true, error: null }
      const { primary, secondary } = look.view.fingerprints
      this.#probes.forgetAllBut([primary, secondary])
      return look
    } catch (error) {
      this.#pace.failed(now, this.#arm.restMs?.() ?? 0, beat)
      this.#armError = inShort(error)
      if (this.#armView) {
        this.#armView = { ...this.#armView, at: now, fresh: false, error: this.#armError }
      }
      return null
    }
  }

  async #read({ now }: Known): Promise<void> {
    try {
      const read = await this.#vault.read()
      this.#vaultView = { ...read, at: now, fresh: true, error: null }
    } catch (error) {
      const last = this.#vaultView ?? { latest: null, foreign: false }
      this.#vaultView = { ...last, at: now, fresh: false, error: inShort(error) }
    }
  }

  async #readEvidence({ now }: Known): Promise<void> {
    try {
      const read = await this.#evidence?.read()
      if (read) this.#evidenceView = { ...read, at: now, fresh: true, error: null }
    } catch (error) {
      const last = this.#evidenceView ?? unread
      this.#evidenceView = { ...last, at: now, fresh: false, error: inShort(error) }
    }
  }

  async #probe(look: ArmLook, slots: readonly Slot[], now: number, spreadMs = 0) {
    for (const slot of slots) {
      await this.#probes.probe(look.keys[slot], look.regions, now, spreadMs)
    }
  }
}

/** A new key's probes are spread over a quarter of their beat; one probe at a gate is not. */
const spreadMsOf = (world: World): number => {
  const phase = world.record.rotation?.phase
  const isInARow = phase?.at.startsWith('probing-') || phase?.at === 'reverting'
  return isInARow ? paced(world).policy.limits.probeEveryMs / 4 : 0
}

const operationOf = (record: AccountRecord): string | null => {
  const phase = record.rotation?.phase
  const last = phase ? attemptsOf(phase).at(-1) : undefined
  return last?.outcome.is === 'accepted' ? last.outcome.operation : null
}
