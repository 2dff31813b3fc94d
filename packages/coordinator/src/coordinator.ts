import { mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenCredential } from '@azure/core-auth'
import { type Logger, pino } from 'pino'
import { createApp } from './api/app.ts'
import { Holding } from './api/holding.ts'
import { readTokens, type Tokens } from './api/tokens.ts'
import { openArm } from './azure/arm.ts'
import { inShort } from './azure/azure-error.ts'
import { openProber } from './azure/probe.ts'
import { openVault } from './azure/vault.ts'
import { Account } from './loop/account.ts'
import { Driver } from './loop/driver.ts'
import {
  type AccountConfig,
  type CoordinatorConfig,
  type CoordinatorConfigInput,
  coordinatorConfigSchema,
  policyOf,
} from './options.ts'
import type { Store, WallClock } from './ports.ts'
import { SqliteStore } from './store/sqlite.ts'

export interface CoordinatorOptions {
  readonly config: CoordinatorConfigInput
  /** Rights: ARM get, listKeys and regenerateKey; Key Vault get and set. */
  readonly credential: TokenCredential
  readonly log?: Logger
}

/** Vault reads that an announcement may cause in a second: a tenth of Key Vault's own limit. */
const announcedReadsPerSecond = 40

/** Below this many members all may read at once. */
const membersAtOnce = 50

const wallClock: WallClock = {
  now: Date.now,
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
}

/** The one that may regenerate: a loop per account, a journal, and the API beside them. */
export class Coordinator {
  readonly #config: CoordinatorConfig
  readonly #credential: TokenCredential
  readonly #log: Logger
  readonly #holding = new Holding()
  #running: { store: Store; server: Server; drivers: Driver[]; tokens: Tokens } | null = null

  /** @throws {z.ZodError} where the configuration is not valid. */
  constructor({ config, credential, log }: CoordinatorOptions) {
    this.#config = coordinatorConfigSchema.parse(config)
    this.#credential = credential
    this.#log = log ?? pino({ enabled: false })
  }

  /**
   * Opens the journal, listens, and turns each account's loop.
   * @throws where the port is taken or the data directory cannot be written.
   */
  async start(): Promise<this> {
    const { dataDirectory, listen } = this.#config
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
    const tokens = readTokens(dataDirectory)
    const store = new SqliteStore(join(dataDirectory, 'journal.sqlite'), wallClock.now)
    const server = createServer()
    try {
      // Before the lead is taken: whoever starts twice by mistake must not depose the one at work.
      await listening(server, listen.host, listen.port)
      const drivers = this.#lead(store, server, tokens)
      this.#running = { store, server, drivers, tokens }
      for (const driver of drivers) driver.start()
    } catch (error) {
      server.close()
      store.close()
      throw error
    }
    this.#log.info({ event: 'coordinator-started', url: this.url })
    return this
  }

  /** Where the API listens. */
  get url(): string {
    const { port } = this.#started().server.address() as AddressInfo
    return `http://${this.#config.listen.host}:${port}`
  }

  /** What members and operators present. */
  get tokens(): Tokens {
    return this.#started().tokens
  }

  /** Ends the loops at the end of their turn; the journal says where to go on. */
  async stop(): Promise<void> {
    if (!this.#running) return
    const { store, server, drivers } = this.#running
    this.#running = null
    this.#holding.close()
    await Promise.all(drivers.map(driver => driver.stop()))
    await new Promise(resolve => {
      server.close(resolve)
      server.closeAllConnections()
    })
    store.close()
    this.#log.info({ event: 'coordinator-stopped' })
  }

  /** Takes the lead, and answers from now on. */
  #lead(store: Store, server: Server, tokens: Tokens): Driver[] {
    const epoch = store.lead()
    this.#log.info({ event: 'leading', epoch })
    const accounts = this.#config.accounts.map(config => this.#open(config, store, epoch))
    const drivers = accounts.map(account => {
      const onTurned = () => this.#holding.announce(account)
      const { turnMs } = this.#config
      return new Driver(account, { turnMs, clock: wallClock, log: this.#log, onTurned })
    })
    const app = createApp({
      accounts,
      store,
      tokens,
      holding: this.#holding,
      onNews: account => drivers[accounts.indexOf(account)]?.wake(),
      onError: error => this.#log.error({ event: 'request-failed', reason: inShort(error) }),
      spreadMs: members =>
        members <= membersAtOnce ? 0 : Math.ceil(members / announcedReadsPerSecond) * 1000,
    })
    server.on('request', app)
    return drivers
  }

  #open(config: AccountConfig, store: Store, epoch: number): Account {
    const { name, account, endpoint, vault, armEndpoint } = config
    const credential = this.#credential
    return new Account(
      { name, account, endpoint, policy: policyOf(config) },
      {
        store,
        arm: openArm({ account, credential, endpoint: armEndpoint }),
        vault: openVault({ account, url: vault.url, secretName: vault.secret, credential }),
        prober: openProber(wallClock.now),
        log: this.#log.child({ account: name }),
      },
      epoch,
    )
  }

  #started() {
    if (!this.#running) throw new Error('The coordinator has not been started.')
    return this.#running
  }
}

const listening = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
