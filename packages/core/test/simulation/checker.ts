import { otherSlot, type Slot } from '@keyturn/core'
import type { FakeAccount } from '@keyturn/testkit'
import type { SimMember } from './member.ts'

/**
 * What must always hold, told from what truly is: what each living client has in its hands, and
 * what the account takes. Knows nothing of gates, reports or journals.
 */
export class Checker {
  readonly violations: string[] = []
  readonly #azure: FakeAccount
  readonly #members: readonly SimMember[]
  #boundAtSending: readonly SimMember[] = []
  #effectsBefore = 0
  readonly #versions = new Map<string, number>()

  constructor(azure: FakeAccount, members: readonly SimMember[]) {
    this.#azure = azure
    this.#members = members
  }

  rotationStarts(): void {
    this.#effectsBefore = this.#azure.regenerated.length
  }

  /** A `regenerateKey` is on its way. */
  sent(slot: Slot, now: number): void {
    this.#boundAtSending = this.#members.filter(({ bound }) => bound)
    this.arrives(slot, now)
    const remaining = this.#azure.keys[otherSlot(slot)]
    for (const client of this.#boundClients()) {
      if (client.held && client.held.fingerprints[otherSlot(slot)] !== remaining) {
        this.#broken(2, `${client.identity.id} does not hold the key that remains`, slot, now)
      }
    }
    for (const region of this.#azure.regions) {
      if (!this.#azure.accepts(region, remaining)) {
        this.#broken(2, `${region} does not take the key that remains`, slot, now)
      }
    }
  }

  /**
   * A `regenerateKey` reaches Azure, perhaps long after it was sent. Whoever found no coordinator
   * in time and joined since cannot be answered for.
   */
  arrives(slot: Slot, now: number): void {
    const leaving = this.#azure.keys[slot]
    const excused = this.#members.filter(
      member => member.servedOutside && !this.#boundAtSending.includes(member),
    )
    for (const client of this.#boundClients(excused)) {
      if (client.mayUse(leaving, now)) {
        this.#broken(1, `${client.identity.id} can sign with the key`, slot, now)
      }
    }
  }

  /** Every second: at most one effect per slot, and no ring turns back. */
  always(now: number): void {
    const effects = this.#azure.regenerated.slice(this.#effectsBefore)
    for (const slot of new Set(effects)) {
      if (effects.filter(one => one === slot).length > 1) this.#broken(3, 'twice', slot, now)
    }
    for (const { clients } of this.#members) {
      for (const { identity, held } of clients) {
        const before = this.#versions.get(identity.id) ?? 0
        const version = held?.version ?? 0
        if (version < before) this.#broken(4, `${identity.id} went back`, 'primary', now)
        this.#versions.set(identity.id, version)
      }
    }
  }

  completed(before: Readonly<Record<Slot, string>>, now: number): void {
    const { vault, keys } = this.#azure
    for (const slot of ['primary', 'secondary'] as const) {
      if (keys[slot] === before[slot]) this.#broken(5, 'the key is still the old one', slot, now)
      if (vault?.fingerprints[slot] !== keys[slot]) this.#broken(5, 'not published', slot, now)
      for (const { held, identity } of this.#boundClients()) {
        if (held && held.fingerprints[slot] !== keys[slot]) {
          this.#broken(5, `${identity.id} holds another`, slot, now)
        }
      }
    }
    if (vault?.fenced.length !== 0) this.#broken(5, 'fences remain', 'primary', now)
  }

  #boundClients(excused: readonly SimMember[] = []) {
    return this.#members
      .filter(member => member.bound && !excused.includes(member))
      .flatMap(({ clients }) => clients.filter(client => client.alive))
  }

  #broken(invariant: number, what: string, slot: Slot, now: number): void {
    this.violations.push(`invariant ${invariant}, ${slot} at ${now / 1000} s: ${what}`)
  }
}
