import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Description } from '@keyturn/azure-sim'
import { Failure } from '../failure.ts'
import { OperatorClient } from '../operator-client.ts'
import { AzureByHand } from './azure.ts'
import { Child } from './child.ts'
import type { ApplicationOptions, FromApplication, ToApplication } from './load/messages.ts'
import {
  accountName,
  calmRegeneration,
  demoLimits,
  keysetSecret,
  memberNames,
  roughRegeneration,
} from './options.ts'

/** The folder and the processes of one run. Everything that is started here is ended here. */
export class Stage {
  readonly directory: string
  readonly #kept: boolean
  readonly #children: Child[] = []
  readonly #beside: Stage[] = []
  readonly #sockets: string
  #struck = false

  constructor(keep: string | null) {
    this.#kept = keep !== null
    if (keep !== null) mkdirSync(keep, { recursive: true })
    this.directory = keep ?? mkdtempSync(join(tmpdir(), 'keyturn-demo-'))
    this.#sockets = socketsFor(this.directory)
  }

  /** Another stage, struck with this one; where folders are kept, a folder in this one's. */
  beside(name: string): Stage {
    const stage = new Stage(this.#kept ? join(this.directory, name) : null)
    if (this.#struck) void stage.strike()
    this.#beside.push(stage)
    return stage
  }

  async azure(seed: number, faults: boolean): Promise<AzureByHand> {
    const options = this.#write('azure-sim.json', {
      regeneration: faults ? roughRegeneration : calmRegeneration,
    })
    const args = ['azure-sim', '--seed', String(seed), '--json', '--options', options]
    const sim = this.#command('azure-sim', args, {})
    const azure = await sim.told(line =>
      typeof line['armEndpoint'] === 'string' ? (line as unknown as Description) : undefined,
    )
    writeFileSync(this.#caFile, azure.ca)
    return new AzureByHand(azure)
  }

  /** Starts it, and returns what operators and members need. */
  async coordinator(
    { azure }: AzureByHand,
    { port = 0, limits = {}, members = memberNames, fleet }: CoordinatorSettings = {},
  ): Promise<Coordinating> {
    const dataDirectory = join(this.directory, 'coordinator')
    const config = this.#write('coordinator.json', {
      dataDirectory,
      listen: { port },
      turnMs: 100,
      accounts: [
        {
          name: accountName,
          account: azure.accountId,
          endpoint: azure.endpoint,
          armEndpoint: azure.armEndpoint,
          vault: { url: azure.vaultUrl, secret: keysetSecret },
          policy: {
            fleet: fleet ?? { is: 'members', names: members },
            evidence: { is: 'none', acceptedBy: 'the demo', reason: 'nobody else has the key' },
            limits: { ...demoLimits, ...limits },
          },
        },
      ],
    })
    const env = this.#identity(azure, 'operator')
    const child = this.#command('coordinator', ['coordinator', '--config', config], env)
    const url = await child.told(line =>
      line['event'] === 'coordinator-started' ? String(line['url']) : undefined,
    )
    const operators = new OperatorClient({
      coordinator: url,
      tokenFile: join(dataDirectory, 'operator.token'),
    })
    return { url, child, operators, memberTokenFile: join(dataDirectory, 'member.token') }
  }

  async sidecar(name: string, hand: AzureByHand, to: Coordinating): Promise<string> {
    return (await this.startSidecar(name, hand, to)).socket
  }

  /** The same, with its process: for whoever stops or kills it. It may be given more settings. */
  async startSidecar(
    name: string,
    { azure }: AzureByHand,
    to: Coordinating,
    settings: readonly string[] = [],
  ): Promise<{ readonly socket: string; readonly child: Child }> {
    const socket = join(this.#sockets, `${name}.sock`)
    const child = this.#command(
      name,
      [
        ...['sidecar', '--name', name, '--socket', socket],
        ...['--vault', azure.vaultUrl, '--secret', keysetSecret],
        ...['--state', join(this.directory, name)],
        ...['--coordinator', to.url, '--token-file', to.memberTokenFile],
        ...['--join-wait-ms', '3000', '--hold-ms', '1000'],
        ...settings,
      ],
      this.#identity(azure, 'reader'),
    )
    await child.told(line => (line['event'] === 'listening' ? true : undefined))
    return { socket, child }
  }

  async application({ azure }: AzureByHand, options: ApplicationOptions): Promise<Child> {
    const env = this.#identity(azure, 'reader')
    this.#mustStand()
    const child = Child.application({ name: options.name, env, logDirectory: this.#logs })
    this.#children.push(child)
    const ready = child.says((message: FromApplication) =>
      message.say === 'ready' || message.say === 'failed' ? message : undefined,
    )
    child.send({ say: 'start', options } satisfies ToApplication)
    const message = await ready
    if (message.say === 'failed') throw new Failure(`${options.name}: ${message.sentence}`)
    return child
  }

  /** Ends every process, the last started first, and removes the folder unless it is kept. */
  async strike(): Promise<void> {
    this.#struck = true
    for (const stage of this.#beside) await stage.strike()
    for (const child of this.#children.reverse()) await child.stop()
    this.#children.length = 0
    if (this.#sockets !== this.directory) rmSync(this.#sockets, { recursive: true, force: true })
    if (!this.#kept) rmSync(this.directory, { recursive: true, force: true })
  }

  #command(name: string, args: readonly string[], env: Record<string, string>): Child {
    this.#mustStand()
    const child = Child.command({ name, args, env, logDirectory: this.#logs })
    this.#children.push(child)
    return child
  }

  /** Whoever is still at work while all is being ended starts nothing new. */
  #mustStand(): void {
    if (this.#struck) throw new Failure('The stage was struck.')
  }

  get #logs(): string {
    return this.directory
  }

  get #caFile(): string {
    return join(this.directory, 'ca.pem')
  }

  #identity(azure: Description, name: string): Record<string, string> {
    const principal = azure.principals[name]
    return {
      NODE_EXTRA_CA_CERTS: this.#caFile,
      AZURE_TENANT_ID: azure.tenantId,
      AZURE_CLIENT_ID: principal?.clientId ?? '',
      AZURE_CLIENT_SECRET: principal?.clientSecret ?? '',
      AZURE_AUTHORITY_HOST: azure.authorityHost,
    }
  }

  #write(name: string, content: unknown): string {
    const path = join(this.directory, name)
    writeFileSync(path, JSON.stringify(content, null, 2))
    return path
  }
}

/** The path of a socket holds 100 bytes or so, a sidecar's and its clients' names among them. */
const socketFolderBytesMax = 50

/** The stage's own folder, or a short one where its path is long. */
const socketsFor = (directory: string): string => {
  if (Buffer.byteLength(directory) <= socketFolderBytesMax) return directory
  const isShort = Buffer.byteLength(tmpdir()) <= socketFolderBytesMax / 2
  return mkdtempSync(join(isShort ? tmpdir() : '/tmp', 'keyturn-'))
}

export interface CoordinatorSettings {
  /** 0: any; a restart takes the one it had. */
  readonly port?: number
  /** In place of the demo's. */
  readonly limits?: Partial<typeof demoLimits>
  /** Who must be in the fleet. */
  readonly members?: readonly string[]
  /** Instead of them: somebody's word that there is nobody. */
  readonly fleet?: { readonly is: 'none'; readonly acceptedBy: string; readonly reason: string }
}

export interface Coordinating {
  readonly url: string
  readonly child: Child
  readonly operators: OperatorClient
  readonly memberTokenFile: string
}
