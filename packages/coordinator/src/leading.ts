import { joined } from '@keyturn/core'
import type { Report, ReportAnswer } from '@keyturn/protocol'
import type { Logger } from 'pino'
import { Holding } from './api/holding.ts'
import { Account, type AccountOptions, type AccountPorts } from './loop/account.ts'
import { Driver } from './loop/driver.ts'
import type { Platform, Store, WallClock } from './ports.ts'

export interface LeadingOptions {
  readonly accounts: readonly {
    readonly options: AccountOptions
    readonly ports: Omit<AccountPorts, 'store' | 'clocks'>
  }[]
  readonly store: Store
  /** The longest between two turns of an account's loop, in ms. */
  readonly turnMs: number
  readonly clock: WallClock
  readonly log: Logger
}

/** Vault reads that an announcement may cause in a second: a tenth of Key Vault's own limit. */
const announcedReadsPerSecond = 40

/** Below this many members all may read at once. */
const membersAtOnce = 50

/** How far apart members read an announced version, in ms. */
const spreadMs = (members: number): number =>
  members <= membersAtOnce ? 0 : Math.ceil(members / announcedReadsPerSecond) * 1000

/** What a coordinator does above its ports: takes the lead, turns its accounts, hears members. */
export class Leading {
  readonly accounts: readonly Account[]
  readonly #drivers: readonly Driver[]
  readonly #platforms: readonly Platform[]
  readonly #holding: Holding
  readonly #followers = new Map<Account, Set<() => void>>()

  /** Takes the lead: from now on every older leader's appends fail. */
  constructor({ accounts, store, turnMs, clock, log }: LeadingOptions) {
    const epoch = store.lead()
    log.info({ event: 'leading', epoch })
    this.#holding = new Holding(clock)
    const clocks = [() => clock.now(), () => clock.monotonic?.() ?? clock.now()]
    this.accounts = accounts.map(
      ({ options, ports }) => new Account(options, { ...ports, store, clocks }, epoch),
    )
    this.#platforms = accounts.flatMap(({ ports: { platform } }) => platform ?? [])
    this.#drivers = this.accounts.map(account => {
      const onTurned = () => {
        this.#holding.announce(account)
        for (const follower of this.#followers.get(account) ?? []) follower()
      }
      return new Driver(account, { turnMs, clock, log, onTurned })
    })
  }

  start(): void {
    for (const platform of this.#platforms) platform.start()
    for (const driver of this.#drivers) driver.start()
  }

  /** Something new is known of the account: its loop should turn. */
  wake(account: Account): void {
    this.#drivers[this.accounts.indexOf(account)]?.wake()
  }

  /** @returns what ends it. `onTurned` is called after each turn: something may have changed. */
  follow(account: Account, onTurned: () => void): () => void {
    const followers = this.#followers.get(account) ?? new Set()
    this.#followers.set(account, followers.add(onTurned))
    return () => void followers.delete(onTurned)
  }

  /**
   * Takes a report durably, and answers when there is something to announce, or its hold is over.
   * @param gone aborted once nobody waits for the answer any more.
   */
  async hear(
    account: Account,
    name: string,
    report: Report,
    gone: AbortSignal,
  ): Promise<ReportAnswer> {
    account.receive(name, report)
    this.wake(account)
    // Held for longer than a report counts as fresh, a member that is well would look stale.
    const holdMsMax = account.options.policy.limits.reportAgeMsMax / 3
    const holdMs = report.goodbye ? 0 : Math.min(report.holdMs, holdMsMax)
    await this.#holding.hold(account, report.knownVersion, holdMs, gone)
    const version = account.announced
    return {
      floor: account.floor(),
      announced:
        version > report.knownVersion
          ? { version, spreadMs: spreadMs(joined(account.state.fleet).length) }
          : null,
    }
  }

  /** Answers whoever is held, and ends the loops at the end of their turn. */
  async stop(): Promise<void> {
    this.#holding.close()
    await Promise.all([...this.#drivers, ...this.#platforms].map(one => one.stop()))
  }
}
