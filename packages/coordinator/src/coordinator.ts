import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TokenCredential } from '@azure/core-auth'
import { type Logger, pino } from 'pino'
import { authenticator } from './access/authenticate.ts'
import { tokenRoles } from './access/options.ts'
import { openTokens, type TokenBook, type Tokens } from './access/tokens.ts'
import { type App, createApp } from './api/app.ts'
import { openArm, openLocalAuth } from './azure/arm.ts'
import { inShort } from './azure/azure-error.ts'
import { openEvidence } from './azure/evidence.ts'
import { openProber } from './azure/probe.ts'
import { openVault } from './azure/vault.ts'
import { Leading, type LeadingOptions } from './leading.ts'
import { type Listening, openServer } from './listen/server.ts'
import {
  type AccountConfig,
  type CoordinatorConfig,
  type CoordinatorConfigInput,
  coordinatorConfigSchema,
  policyOf,
} from './options.ts'
import { openCalendar } from './outside/calendar.ts'
import { commandHooks } from './outside/command-hooks.ts'
import { systemCron } from './outside/cron.ts'
import { openPlatform } from './platform/open-platform.ts'
import type { Calendar, Hooks, Platform, Store, WallClock } from './ports.ts'
import { SqliteStore } from './store/sqlite.ts'

export interface CoordinatorOptions {
  readonly config: CoordinatorConfigInput
  /** Rights: ARM get, listKeys and regenerateKey; Key Vault get and set. */
  readonly credential: TokenCredential
  readonly log?: Logger
}

const wallClock: WallClock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
}

/** The one that may regenerate: a loop per account, a journal, and the API beside them. */
export class Coordinator {
  readonly #config: CoordinatorConfig
  readonly #credential: TokenCredential
  readonly #log: Logger
  #running: {
    readonly store: Store
    readonly listening: Listening
    readonly leading: Leading
    readonly app: App
    readonly tokens: Tokens
  } | null = null

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
    const { dataDirectory, listen, access } = this.#config
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
    const are = access.tokens.are === 'printed' ? 'printed' : 'files'
    const book = openTokens(dataDirectory, are, tokenRoles(access))
    const store = new SqliteStore(join(dataDirectory, 'journal.sqlite'), wallClock.now)
    let listening: Listening | null = null
    try {
      // Before the lead is taken: whoever starts twice by mistake must not depose the one at work.
      listening = await openServer(listen, { clock: wallClock, log: this.#log })
      const { leading, app } = this.#lead(store, listening, book)
      this.#running = { store, listening, leading, app, tokens: book.plain }
      leading.start()
    } catch (error) {
      await listening?.close()
      store.close()
      throw error
    }
    this.#log.info({ event: 'coordinator-started', url: this.url })
    return this
  }

  /** Where the API listens. */
  get url(): string {
    return this.#started().listening.url
  }

  /**
   * What members and operators present on a first try, by role. Those that are kept as hashes
   * stand here only if they were made at this start: to be said once.
   */
  get tokens(): Tokens {
    return this.#started().tokens
  }

  /** Ends the loops at the end of their turn; the journal says where to go on. */
  async stop(): Promise<void> {
    if (!this.#running) return
    const { store, listening, leading, app } = this.#running
    this.#running = null
    app.close()
    await leading.stop()
    await listening.close()
    store.close()
    this.#log.info({ event: 'coordinator-stopped' })
  }

  /** Takes the lead, and answers from now on. */
  #lead(store: Store, { server }: Listening, tokens: TokenBook): { leading: Leading; app: App } {
    const leading = new Leading({
      accounts: this.#config.accounts.map(config => this.#account(config)),
      store,
      turnMs: this.#config.turnMs,
      clock: wallClock,
      log: this.#log,
    })
    const app = createApp({
      leading,
      store,
      clock: wallClock,
      authenticate: authenticator(this.#config.access, tokens, wallClock),
      limits: this.#config.access.limits,
      onError: error => this.#log.error({ event: 'request-failed', reason: inShort(error) }),
    })
    server.on('request', app.handler)
    return { leading, app }
  }

  #account(config: AccountConfig): LeadingOptions['accounts'][number] {
    const { name, account, pair, endpoint, vault, policy } = config
    const at = { account, pair, credential: this.#credential }
    const arm = { ...at, endpoint: config.armEndpoint }
    return {
      options: { name, account, pair, endpoint, policy: policyOf(config) },
      ports: {
        arm: openArm(arm),
        vault: openVault({ ...at, url: vault.url, secretName: vault.secret }),
        prober: openProber({ now: wallClock.now, pair, container: policy.probe }),
        log: this.#log.child({ account: name }),
        localAuth: openLocalAuth(arm),
        evidence: policy.evidence.is === 'azure' ? openEvidence(arm) : undefined,
        hooks: hooksOf(config),
        calendar: calendarOf(config) ?? undefined,
        platform: this.#platform(config),
      },
    }
  }

  #platform({ name, policy }: AccountConfig): Platform | undefined {
    const { dataDirectory } = this.#config
    const log = this.#log.child({ account: name })
    const place = { account: name, dataDirectory, clock: wallClock, chance: Math.random, log }
    return openPlatform(policy.platform, place) ?? undefined
  }

  #started() {
    if (!this.#running) throw new Error('The coordinator has not been started.')
    return this.#running
  }
}

const hooksOf = ({ account, policy }: AccountConfig): Hooks => {
  const hooks = (policy.consumers ?? []).flatMap(consumer =>
    consumer.by === 'hook' ? [{ ...consumer, consumer: consumer.name }] : [],
  )
  return commandHooks(account, hooks, process.env)
}

const calendarOf = ({ policy }: AccountConfig): Calendar | null => {
  const { windows = [], schedule = null } = policy
  if (windows.length === 0 && schedule === null) return null
  return openCalendar({ windows, schedule, cron: systemCron, wallNow: wallClock.now })
}
