import { type Fingerprint, type JournalEvent, otherSlot, type Slot, slots } from '@keyturn/core'
import type { Report } from '@keyturn/protocol'
import type { AzureAccount, Operation, Region } from './azure/account.ts'
import type { AzureVault } from './azure/vault.ts'
import { Duties } from './duties.ts'
import type { SimClient } from './fleet/client.ts'
import type { SimDisk, SimPod } from './fleet/pod.ts'
import type { SimProcess } from './time/process.ts'
import type { Timeline } from './time/timeline.ts'
import type { Trace } from './trace.ts'

interface Truth {
  readonly account: AzureAccount
  readonly vault: AzureVault
  readonly timeline: Timeline
  readonly trace: Trace
  readonly pods: readonly SimPod[]
}

type Outcome = { readonly status: number } | { readonly error: unknown }

/**
 * What must always hold, told from what truly is: the rings in the hands of living processes, the
 * requests on the wire, and what Azure takes where. Knows nothing of gates, reports or journals.
 */
export class Checker {
  readonly violations: string[] = []
  /** Requests that callers saw fail, by what they saw. */
  readonly failed = new Map<string, number>()
  readonly #truth: Truth
  readonly #versions = new WeakMap<SimClient, number>()
  /** When each coordinator's process last began to look at ARM. */
  readonly #looked = new Map<SimProcess, number>()
  #boundAtSending: readonly SimPod[] = []
  readonly #duties = new Duties()
  #aborted = false
  #handAt = Number.NEGATIVE_INFINITY
  #sentAt = 0
  /** The version that a member's reports acknowledged: what its directory remembers. */
  readonly #acknowledged = new WeakMap<SimDisk, number>()
  /** What the coordinator owes to a member that lost its directory. */
  readonly #floors = new WeakMap<SimPod, number>()
  #readBack = 0

  constructor(truth: Truth) {
    this.#truth = truth
  }

  looks(process: SimProcess): void {
    this.#looked.set(process, this.#truth.timeline.now)
  }

  /** Somebody regenerates a key by hand, or writes to the vault: not our doing. */
  hand(): void {
    this.#handAt = this.#truth.timeline.now
  }

  /** A coordinator has just sent `regenerateKey`. */
  sends(slot: Slot, process: SimProcess): void {
    const { account, pods } = this.#truth
    this.#boundAtSending = pods.filter(({ bound }) => bound)
    this.#sentAt = this.#truth.timeline.now
    this.#nobodyCanUse(slot, 'is sent')
    const remaining = otherSlot(slot)
    const { fingerprint } = account.current[remaining]
    // Between our look and our POST no look can help: a human may be faster by a second.
    if (this.#handAt >= (this.#looked.get(process) ?? 0)) return
    for (const client of this.#clientsOf(this.#boundAtSending)) {
      const keyset = client.ring.current
      if (keyset === null || keyset.keys[remaining].fingerprint === fingerprint) continue
      this.#broken(2, `${client.process.name} does not hold the ${remaining} key, which remains`)
    }
    const isProven = account.regions.every(region => this.#wasAccepted(region, fingerprint))
    if (!isProven) this.#broken(2, `the ${remaining} key, which remains, is not taken everywhere`)
  }

  arrives({ slot, by }: Operation): void {
    if (by === 'human') this.hand()
    else this.#nobodyCanUse(slot, 'arrives')
  }

  takesEffect({ slot, by }: Operation): void {
    if (by === 'human') this.hand()
    else this.#tookEffect(slot)
  }

  #tookEffect(slot: Slot): void {
    this.#nobodyCanUse(slot, 'takes effect')
    const ours = this.#truth.account.effects.slice(this.#duties.effectsBefore)
    if (ours.some(effect => effect.by === 'coordinator' && effect.slot === slot)) {
      this.#broken(3, `the ${slot} key is regenerated twice under one plan`)
    }
  }

  /** A request goes out, signed with a key: the network's own word on who signs with what. */
  signs(client: SimClient, fingerprint: Fingerprint): void {
    const { account, pods } = this.#truth
    const { operation } = account
    const held = client.ring.current
    const fenced = held?.fenced.some(slot => held.keys[slot].fingerprint === fingerprint)
    if (fenced) this.#broken(1, `${client.process.name} signs with a key that it fences`)
    if (operation?.by !== 'coordinator' || this.#handAt >= this.#sentAt) return
    if (account.current[operation.slot].fingerprint !== fingerprint) return
    const pod = pods.find(({ clients }) => clients.includes(client))
    if (pod === undefined || !this.#boundAtSending.includes(pod)) return
    if (this.#duties.isWaived(operation.slot, pod.name)) return
    // What is turned already, and only then published, may be signed with again.
    if (
      account.effects.some(({ slot, at }) => slot === operation.slot && at >= operation.begunAt)
    ) {
      return
    }
    this.#broken(1, `${client.process.name} signs with the ${operation.slot} key as it is turned`)
  }

  swapped(client: SimClient): void {
    const version = client.ring.current?.version ?? 0
    const before = this.#versions.get(client) ?? 0
    if (version < before)
      this.#broken(4, `${client.process.name} went from ${before} to ${version}`)
    this.#versions.set(client, version)
    this.#truth.trace.tell(client.process.name, `holds version ${version}`)
    const pod = this.#truth.pods.find(({ clients }) => clients.includes(client))
    const least = pod === undefined ? 0 : this.#leastFor(pod)
    if (version < least) {
      this.#broken(4, `${client.process.name} was handed ${version}, and ${least} was acknowledged`)
    }
  }

  /** The coordinator has durably taken a report of this member, sent over this directory. */
  recorded(pod: SimPod, report: Report, disk: SimDisk): void {
    const leaves = report.goodbye && report.clients.attached + report.clients.lost.length === 0
    if (pod.bound === leaves) {
      this.#truth.trace.tell(pod.label, leaves ? 'has said goodbye' : 'has joined')
    }
    pod.bound = !leaves
    if (pod.plan.durable && report.acknowledged !== null) {
      const known = this.#acknowledged.get(disk) ?? 0
      this.#acknowledged.set(disk, Math.max(known, report.acknowledged.version))
    }
  }

  /**
   * Its directory is about to go, and with it what it acknowledged. What the coordinator had read
   * back is its floor all the same (PROTOCOL, P9); what somebody else wrote is nobody's.
   */
  loses(pod: SimPod): void {
    this.#floors.set(pod, Math.min(this.#leastFor(pod), this.#readBack))
  }

  #leastFor(pod: SimPod): number {
    return Math.max(this.#acknowledged.get(pod.disk) ?? 0, this.#floors.get(pod) ?? 0)
  }

  /** The member serves although no coordinator has answered (PROTOCOL, P9). */
  servesOutside(pod: SimPod): void {
    this.#truth.trace.tell(pod.label, 'serves without the coordinator')
    if (!pod.bound) pod.servedOutside = true
    // Nobody told it a floor: it remembers what its directory does, and no more.
    this.#floors.delete(pod)
  }

  /** A request of an application has ended as its caller sees it. */
  answered(client: SimClient, region: Region, begunAt: number, outcome: Outcome): void {
    const said = 'status' in outcome ? `${outcome.status}` : nameOf(outcome.error)
    if (said === '200') return
    this.failed.set(said, (this.failed.get(said) ?? 0) + 1)
    this.#truth.trace.tell(client.process.name, `was answered ${said} by ${region.name}`)
    if (!this.#isOurDoing(client, region, begunAt, said)) return
    const { name } = client.process
    this.#broken(0, `a request failed: ${name} was answered ${said} though its keys were well`)
  }

  journalled(event: JournalEvent, by: SimProcess): void {
    const { account } = this.#truth
    const [primary, secondary] = slots.map(slot => account.current[slot].fingerprint)
    if (!primary || !secondary) throw new TypeError('an account has two keys')
    this.#duties.journalled(event, { primary, secondary }, account.effects.length)
    if (event.type === 'rotation-started') this.#aborted = false
    if (event.type === 'aborted') this.#aborted = true
    if (event.type === 'published') this.#readBack = Math.max(this.#readBack, event.version)
    if (event.type !== 'phase-entered') return
    if (event.phase.at === 'completed') this.#completed(by)
    if (event.phase.at === 'reverting') this.#turnsBack()
  }

  /** Nobody asked for the way back: then a key must have been refused that had been taken. */
  #turnsBack(): void {
    if (this.#aborted || this.#truth.account.hasFlapped) return
    if (this.#handAt > Number.NEGATIVE_INFINITY) return
    this.#broken(0, 'the rotation turns back though both keys are well')
  }

  #completed(by: SimProcess): void {
    const { account, vault } = this.#truth
    const handWasFaster = this.#handAt >= (this.#looked.get(by) ?? 0)
    if (handWasFaster) return
    const document = vault.latest?.document
    if (document?.fenced.length !== 0) this.#broken(5, 'fences remain in the vault')
    for (const slot of slots) {
      const { fingerprint, value } = account.current[slot]
      if (fingerprint === this.#duties.owed.get(slot)) {
        this.#broken(5, `the ${slot} key is still the old one`)
      }
      if (document?.keys[slot] !== value) this.#broken(5, `the ${slot} key is not published`)
      for (const client of this.#clientsOf(this.#truth.pods.filter(({ bound }) => bound))) {
        const held = client.ring.current?.keys[slot].fingerprint
        if (held !== undefined && held !== fingerprint) {
          this.#broken(5, `${client.process.name} holds another ${slot} key`)
        }
      }
    }
  }

  /**
   * Whoever found no coordinator in time and joined since the POST was sent cannot be answered
   * for; everybody else is.
   */
  #nobodyCanUse(slot: Slot, when: string): void {
    const { account, pods } = this.#truth
    const { fingerprint } = account.current[slot]
    // Whoever edits the vault after the POST was sent lifts the fence with his own hand.
    if (this.#handAt > this.#sentAt) return
    const answerable = pods.filter(
      pod =>
        pod.bound &&
        !this.#duties.isWaived(slot, pod.name) &&
        (this.#boundAtSending.includes(pod) || !pod.servedOutside),
    )
    for (const pod of answerable) {
      if (pod.canUse(fingerprint)) this.#used(slot, when, pod.process.name)
      for (const client of pod.clients) {
        if (client.canUse(fingerprint)) this.#used(slot, when, client.process.name)
      }
    }
  }

  #used(slot: Slot, when: string, who: string): void {
    this.#broken(1, `regenerateKey(${slot}) ${when} while ${who} can sign with that key`)
  }

  #clientsOf(pods: readonly SimPod[]): readonly SimClient[] {
    return pods.flatMap(({ clients }) => clients.filter(one => one.process.alive && !one.closed))
  }

  /** Taken now, or a moment ago: a region that flaps between our probe and our POST fools anyone. */
  #wasAccepted(region: Region, fingerprint: Fingerprint): boolean {
    const { account, timeline } = this.#truth
    if (account.accepts(region, fingerprint)) return true
    const key = account.all.find(one => one.fingerprint === fingerprint)
    const isCurrent = account.slotOf(fingerprint) !== null
    const known = (key?.from.get(region.name) ?? Number.POSITIVE_INFINITY) <= timeline.now
    return (
      isCurrent &&
      known &&
      key?.flaps.some(flap => flap.region === region.name && timeline.now - flap.from < 30_000) ===
        true
    )
  }

  /** Refused for its key, though neither Azure, nor a human, nor its own pod gave cause. */
  #isOurDoing(client: SimClient, region: Region, begunAt: number, said: string): boolean {
    if (said !== '401' && said !== 'KEYS_UNAVAILABLE') return false
    const { account, pods } = this.#truth
    const pod = pods.find(({ clients }) => clients.includes(client))
    if (!pod?.bound || pod.servedOutside || client.ring.current === null) return false
    if (this.#handAt > Number.NEGATIVE_INFINITY) return false
    // A container that was made anew refuses every key alike.
    if (region.containerAnewUntil > begunAt) return false
    const { keys, active } = client.ring.current
    const { fingerprint } = keys[active]
    const key = account.all.find(one => one.fingerprint === fingerprint)
    if (key === undefined) return true
    const flapped = key.flaps.some(flap => flap.region === region.name && flap.until > begunAt)
    return !flapped && (key.from.get(region.name) ?? 0) <= begunAt
  }

  #broken(invariant: number, what: string): void {
    const line = invariant === 0 ? what : `invariant ${invariant}: ${what}`
    this.#truth.trace.tell('!', line)
    this.violations.push(line)
  }
}

const nameOf = (error: unknown): string => {
  const code = error instanceof Error ? Reflect.get(error, 'code') : null
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown'
}
