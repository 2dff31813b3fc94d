import { randomBytes } from 'node:crypto'
import type { Limits, SecretKey, Slot } from '@keyturn/core'
import type { KeysetDocument } from '@keyturn/protocol'
import { FakeMember, testPolicy } from '@keyturn/testkit'
import { pino } from 'pino'
import { Account } from '../../src/loop/account.ts'
import type { Arm, Calendar, Platform, Prober, Sent, Vault, VaultRead } from '../../src/ports.ts'
import { secretKey } from '../../src/secret.ts'
import { SqliteStore } from '../../src/store/sqlite.ts'

const newKey = (): SecretKey => secretKey(randomBytes(64).toString('base64'), 'the test')

export const accountId =
  '/subscriptions/1/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/orders'

/** A real Account over a real store, with ports that do what the test says, and a clock to set. */
export class AccountWorld implements Arm, Vault, Prober {
  wall = 1_000_000
  keysNow: Record<Slot, SecretKey> = { primary: newKey(), secondary: newKey() }
  stored: VaultRead['latest'] = null
  writes = 0
  readonly sent: { slot: Slot; withinMs: number; at: number }[] = []
  /** What happens while something is looked at, written or sent. */
  during: (what: 'look' | 'read' | 'write' | 'send') => void = () => {}
  showsWrites = true
  readonly store: SqliteStore
  readonly account: Account
  readonly #calendar: Calendar | undefined
  readonly #platform: Platform | undefined
  readonly member = new FakeMember('one')

  constructor({
    path = ':memory:',
    limits = {},
    calendar,
    platform,
  }: {
    path?: string
    limits?: Partial<Limits>
    calendar?: Calendar
    platform?: Platform
  } = {}) {
    this.store = new SqliteStore(path, () => this.wall)
    this.#calendar = calendar
    this.#platform = platform
    this.account = this.open(limits)
  }

  /** Another leader on the same store, as a second process would be. */
  open(limits: Partial<Limits> = {}): Account {
    return new Account(
      {
        name: 'orders',
        account: accountId,
        endpoint: 'https://orders.documents.azure.com',
        policy: testPolicy(['one'], limits),
      },
      {
        ...{ store: this.store, arm: this, vault: this, prober: this },
        ...{ log: pino({ enabled: false }), calendar: this.#calendar },
        platform: this.#platform,
        clocks: [() => this.wall],
      },
      this.store.lead(),
    )
  }

  async look(operation: string | null) {
    this.during('look')
    const keys = this.keysNow
    const fingerprints = {
      primary: keys.primary.fingerprint,
      secondary: keys.secondary.fingerprint,
    }
    const generationTimes = { primary: null, secondary: null }
    const followed = operation === null ? null : ({ operation, status: 'succeeded' } as const)
    return {
      keys,
      regions: [{ name: 'West US', endpoint: 'https://west' }],
      view: { idle: true, fingerprints, generationTimes, operation: followed },
    }
  }

  async keys() {
    return this.keysNow
  }

  async regenerate(slot: Slot, withinMs: number): Promise<Sent> {
    this.during('send')
    this.sent.push({ slot, withinMs, at: this.account.observe() })
    this.keysNow = { ...this.keysNow, [slot]: newKey() }
    return { is: 'accepted', operation: `operation-${this.sent.length}` }
  }

  async read(): Promise<VaultRead> {
    this.during('read')
    return { latest: this.stored, foreign: false }
  }

  async write(document: KeysetDocument): Promise<void> {
    this.during('write')
    this.writes += 1
    if (!this.showsWrites) return
    const { version, active, fenced, installation, keys } = document
    const fingerprints = {
      primary: secretKey(keys.primary, 'the test').fingerprint,
      secondary: secretKey(keys.secondary, 'the test').fingerprint,
    }
    this.stored = { version, active, fenced, installation, fingerprints }
  }

  async probe(): Promise<null> {
    return null
  }

  /** Somebody in the portal. */
  turnByHand(slot: Slot): void {
    this.keysNow = { ...this.keysNow, [slot]: newKey() }
  }

  async adopt(): Promise<void> {
    const adopt = { verb: 'adopt', by: 'ops', installation: 'here', takeOver: false } as const
    await this.account.obey(adopt)
  }

  /** A second goes by: the member follows the vault and reports, the account turns. */
  async second(): Promise<string> {
    this.wall += 1_000
    this.account.observe()
    if (this.stored) this.member.hear(this.stored)
    this.account.receive('one', this.member.report(this.wall))
    let turned = await this.account.turn()
    for (let turns = 20; turned === 'acted' && turns > 0; turns -= 1) {
      turned = await this.account.turn()
    }
    return turned
  }

  async until(there: () => boolean, seconds = 500): Promise<void> {
    for (let left = seconds; left > 0; left -= 1) {
      if (there()) return
      await this.second()
    }
    throw new Error(`it never came: ${JSON.stringify(this.account.state.blockers)}`)
  }

  get phase() {
    return this.account.state.record.rotation?.phase.at ?? null
  }

  async rotating(): Promise<this> {
    await this.adopt()
    await this.until(() => this.account.announced > 0)
    await this.account.obey({ verb: 'rotate', by: 'ops', reason: 'test', id: 'r1' })
    return this
  }
}
