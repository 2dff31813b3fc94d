import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { AzureSim, type AzureSimOptions } from '@keyturn/azure-sim'
import type { CoordinatorConfigInput } from '@keyturn/coordinator'
import type { AccountStatus, HistoryEntry, VerbRequest } from '@keyturn/protocol'
import type { Test } from 'tap'
import { Child } from '../../../packages/cli/src/demo/child.ts'
import { OperatorClient } from '../../../packages/cli/src/operator-client.ts'
import { restartablePort } from '../../support/process/ports.ts'
import { followAsMember } from './members.ts'

// What tap adds to a test's own process is nothing for the processes that a test starts.
process.execArgv = process.execArgv.filter(flag => !flag.startsWith('--import='))

type Policy = CoordinatorConfigInput['accounts'][number]['policy']
type Limits = NonNullable<Policy['limits']>

/** Milliseconds where production has minutes. */
const quick: Limits = {
  fleetSettleMs: 50,
  armPollMs: 50,
  armSettleMs: 500,
  attemptBackoffMs: 100,
  probesMin: 2,
  probeSpanMs: 100,
  probeEveryMs: 50,
  bakeMs: 100,
  quietMs: 50,
  vaultAgeMsMax: 200,
  armAgeMsMax: 200,
}

export interface TurningOptions {
  readonly azure?: AzureSimOptions
  readonly policy?: Partial<Omit<Policy, 'limits' | 'fleet'>>
  readonly limits?: Limits
  readonly members?: readonly string[]
  /** Loaded into the coordinator's process before anything else. */
  readonly preload?: URL
}

export interface Called {
  readonly status: number
  readonly fault?: string
  readonly body?: { readonly keyKind?: string } | undefined
}

const stuckAfterMs = 180_000

/** An Azure in this process, whose clock a test may hold, and a coordinator in one of its own. */
export class Turning {
  readonly azure: AzureSim
  readonly directory = mkdtempSync(join(tmpdir(), 'keyturn-e2e-'))
  readonly #options: TurningOptions
  readonly #ended = new AbortController()
  readonly #port: number
  #child: Child | null = null
  #operators: OperatorClient | null = null

  private constructor(azure: AzureSim, options: TurningOptions, port: number) {
    this.azure = azure
    this.#options = options
    this.#port = port
  }

  /** Everything runs, the members report, and the account is adopted. */
  static async open(t: Test, options: TurningOptions = {}): Promise<Turning> {
    const azure = await AzureSim.start({ regeneration: { durationMs: 100 }, ...options.azure })
    setDefaultCACertificates([...getCACertificates('default'), azure.ca])
    const turning = new Turning(azure, options, await restartablePort())
    t.teardown(() => turning.#close())
    writeFileSync(turning.#path('ca.pem'), azure.ca)
    await turning.start()
    await turning.#follow()
    await turning.verb({ verb: 'adopt' })
    await turning.until('adopted', ({ published }) => published?.confirmed === true)
    return turning
  }

  /** The coordinator, again and again on one journal and one port; with other limits, if given. */
  async start(limits: Limits = {}): Promise<void> {
    const config = this.#path('coordinator.json')
    writeFileSync(config, JSON.stringify(this.#config(limits)))
    this.#child = Child.command({
      name: 'coordinator',
      args: ['coordinator', '--config', config],
      env: {
        ...this.azure.environment('operator'),
        NODE_EXTRA_CA_CERTS: this.#path('ca.pem'),
        ...this.#preloading,
      },
      logDirectory: this.directory,
    })
    const coordinator = await this.#child.told(line =>
      line['event'] === 'coordinator-started' ? String(line['url']) : undefined,
    )
    const tokenFile = this.#path('operator.token')
    this.#operators = new OperatorClient({ coordinator, tokenFile, account: 'orders' })
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.coordinator
    const ended = new Promise(resolve => child.once('exit', () => resolve(undefined)))
    child.kill('SIGKILL')
    await ended
    this.#child = null
  }

  get coordinator(): Child {
    if (!this.#child) throw new Error('The coordinator does not run.')
    return this.#child
  }

  /** Where the coordinator listens, before and after a restart. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  verb(request: VerbRequest): Promise<AccountStatus> {
    return this.#asked.verb(request)
  }

  status(): Promise<AccountStatus> {
    return this.#asked.status()
  }

  history(): Promise<HistoryEntry[]> {
    return this.#asked.history()
  }

  /** Asks the coordinator's API until it answers as wanted. */
  async until(what: string, is: (status: AccountStatus) => boolean): Promise<AccountStatus> {
    const until = performance.now() + stuckAfterMs
    for (;;) {
      const status = await this.status()
      if (is(status)) return status
      if (performance.now() > until) {
        const { rotation, blockers, published } = status
        throw new Error(`not ${what}: ${JSON.stringify({ rotation, blockers, published })}`)
      }
      await sleep(20)
    }
  }

  completed(): Promise<AccountStatus> {
    return this.until('completed', ({ rotation }) => rotation?.status === 'completed')
  }

  /** The calls that ARM has taken so far and that fit the words, in lower case, in their path. */
  calls(verb: string, words: string): readonly Called[] {
    return this.azure.witness
      .testimony()
      .arm.filter(call => call.verb === verb && call.path.toLowerCase().includes(words))
      .map(call => ({ ...call, body: call.body as Called['body'] }))
  }

  /** Waits until ARM has taken so many such calls more. */
  async called(verb: string, words: string, more = 1): Promise<void> {
    const before = this.calls(verb, words).length
    while (this.calls(verb, words).length < before + more) await sleep(10)
  }

  get #asked(): OperatorClient {
    if (!this.#operators) throw new Error('The coordinator was never started.')
    return this.#operators
  }

  async #follow(): Promise<void> {
    for (const name of this.#options.members ?? []) {
      followAsMember(this.azure, {
        name,
        url: this.url,
        tokenFile: this.#path('member.token'),
        ended: this.#ended.signal,
      })
    }
    const all = this.#options.members?.length ?? 0
    await this.until('joined', ({ members }) => members.length === all)
  }

  #config(changed: Limits): CoordinatorConfigInput {
    const { azure, directory } = this
    const { members = [], policy, limits } = this.#options
    const nobody = { is: 'none', acceptedBy: 'the test', reason: 'nobody is there' } as const
    const word = { ...nobody, reason: 'no strays' }
    return {
      dataDirectory: directory,
      listen: { port: this.#port },
      turnMs: 50,
      accounts: [
        {
          name: 'orders',
          account: azure.accountId,
          endpoint: azure.endpoint,
          armEndpoint: azure.armEndpoint,
          vault: { url: azure.vaultUrl, secret: 'keyset' },
          policy: {
            fleet: members.length > 0 ? { is: 'members', names: [...members] } : nobody,
            evidence: word,
            ...policy,
            limits: { ...quick, ...limits, ...changed },
          },
        },
      ],
    }
  }

  get #preloading(): Record<string, string> {
    const { preload } = this.#options
    const options = process.env['NODE_OPTIONS'] ?? ''
    return preload ? { NODE_OPTIONS: `${options} --import=${preload.href}` } : {}
  }

  #path(name: string): string {
    return join(this.directory, name)
  }

  async #close(): Promise<void> {
    this.#ended.abort()
    this.#child?.kill('SIGCONT')
    await this.#child?.stop()
    await this.azure.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
