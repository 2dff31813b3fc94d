import { createArm } from './arm/arm.ts'
import { ArmLimits } from './arm/limits.ts'
import type { Lock } from './arm/lock.ts'
import { skewed } from './clock.ts'
import { type Controls, controlPath, createControl } from './control.ts'
import type { Cosmos } from './cosmos/cosmos-front.ts'
import { createEntra } from './entra/entra.ts'
import type { TokenAuthority, Verified } from './entra/tokens.ts'
import type { Call, Handler } from './http/call.ts'
import type { Settings } from './options.ts'
import type { Parts } from './parts.ts'
import { RegionServers } from './region-servers.ts'
import {
  armService,
  controlService,
  entraService,
  type Surroundings,
  vaultService,
} from './services.ts'
import type { TlsIdentity } from './tls/identity.ts'
import { type Listener, type LoopbackServer, listen } from './tls/server.ts'
import { Backups } from './vault/backup.ts'
import { vaultAudience } from './vault/errors.ts'
import { VaultLimit } from './vault/limits.ts'
import { createVault } from './vault/vault.ts'
import type { ServiceName } from './weather/weather.ts'

/** Audiences that ARM answers to, beside its own address (published). */
const armAudiences = ['https://management.azure.com', 'https://management.core.windows.net']

/** Where everything listens; empty until it does. Cosmos endpoints end in a slash, others not. */
export interface Addresses {
  global: string
  arm: string
  vault: string
  entra: string
}

/** Every port of one simulator. */
export class Servers {
  readonly addresses: Addresses = { global: '', arm: '', vault: '', entra: '' }
  /** Resource locks, settable at any time. */
  locks: readonly Lock[]
  readonly #settings: Settings
  readonly #parts: Parts
  readonly #tls: TlsIdentity
  readonly #tokens: TokenAuthority
  readonly #open: LoopbackServer[] = []
  readonly #abort = new AbortController()
  #regions: RegionServers | null = null

  constructor(settings: Settings, parts: Parts, tls: TlsIdentity, tokens: TokenAuthority) {
    this.locks = settings.locks
    this.#settings = settings
    this.#parts = parts
    this.#tls = tls
    this.#tokens = tokens
    parts.cosmos.trust(tokens, () => this.#cosmosAudiences())
  }

  async start(controls: Controls): Promise<void> {
    const { ports, clock } = this.#settings
    const { weather, witness, account, cosmos } = this.#parts
    const around: Surroundings = { clock, weather, witness, signal: this.#abort.signal }
    const { addresses } = this
    addresses.entra = await this.#listen(ports.entra, entraService(around, this.#entra()))
    addresses.vault = await this.#listen(ports.vault, vaultService(around, this.#vault()))
    const arm = armService(around, this.#arm())
    const control = controlService(around, createControl(controls))
    addresses.arm = await this.#listen(ports.arm, (req, res) =>
      (isControl(req.url) ? control : arm)(req, res),
    )
    this.#regions = new RegionServers({
      geography: account.geography,
      weather: cosmos.regionsWeather,
      clock,
      globalPort: ports.cosmos,
      open: (name, port) =>
        listen(this.#tls, port, name === null ? cosmos.globalHandler : cosmos.handlerFor(name)),
    })
    addresses.global = await this.#regions.start()
  }

  async regionsSettled(): Promise<void> {
    await this.#regions?.settle()
  }

  /** Closes every socket; calls under way are cut off. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all([this.#regions?.stop(), ...this.#open.map(server => server.stop())])
  }

  async #listen(port: number, listener: Listener): Promise<string> {
    const server = await listen(this.#tls, port, listener)
    this.#open.push(server)
    return server.url
  }

  /** The account's endpoint, which the SDK asks for, and what it asks for where that is unknown. */
  #cosmosAudiences(): readonly string[] {
    return [this.addresses.global.replace(/\/$/, ''), 'https://cosmos.azure.com']
  }

  #authorization(): string {
    return `${this.addresses.entra}/${this.#settings.tenantId}`
  }

  /** By the service's own clock, which may be wrong. */
  #verify(service: ServiceName, call: Call, audiences: readonly string[]): Promise<Verified> {
    const { skewMs } = this.#parts.weather.settings[service]
    const moment = { now: this.#settings.clock.now() + skewMs, expired: call.tokenExpired === true }
    return this.#tokens.verify(call.headers.authorization, audiences, moment)
  }

  #entra(): Handler {
    const { tenantId, clock, principals } = this.#settings
    const { weather } = this.#parts
    return createEntra({
      tenantId,
      clock: skewed(clock, () => weather.settings.entra.skewMs),
      authority: this.#tokens,
      principals: Object.values(principals),
      lifetimeSeconds: client => weather.tokenLifeSeconds(client) ?? this.#tokens.lifetimeSeconds,
      audiences: () => [
        ...armAudiences,
        this.addresses.arm,
        vaultAudience,
        ...this.#cosmosAudiences(),
      ],
      url: () => this.addresses.entra,
    })
  }

  #vault(): Handler {
    const { subscriptionId, resourceGroup, vaultName, clock, limits } = this.#settings
    const group = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`
    return createVault({
      name: vaultName,
      resourceId: `${group}/providers/Microsoft.KeyVault/vaults/${vaultName}`,
      store: this.#parts.secrets,
      backups: new Backups(),
      limit: limits === 'enforced' ? new VaultLimit(clock) : undefined,
      verify: call => this.#verify('vault', call, [vaultAudience]),
      url: () => this.addresses.vault,
      authorization: () => this.#authorization(),
    })
  }

  #arm(): Handler {
    const { subscriptionId, resourceGroup, tenantId, clock, limits } = this.#settings
    const { account, usage, resource, requests, cosmos } = this.#parts
    return createArm({
      account,
      settings: resource,
      usage,
      requests,
      storedBytes: () => storedBytes(cosmos, clock.now()),
      locks: () => this.locks,
      names: { subscriptionId, resourceGroup },
      tenantId,
      clock,
      limits: new ArmLimits(clock, limits === 'enforced'),
      verify: call => this.#verify('arm', call, [...armAudiences, this.addresses.arm]),
      url: () => this.addresses.arm,
      globalEndpoint: () => this.addresses.global,
      authorization: () => this.#authorization(),
    })
  }
}

function storedBytes({ catalogue }: Cosmos, now: number): number {
  let total = 0
  for (const { containers } of catalogue.databases) {
    for (const { whole } of containers.values()) {
      for (const { text } of whole.list(null, now)) total += Buffer.byteLength(text)
    }
  }
  return total
}

function isControl(url: string | undefined): boolean {
  return url === controlPath || url?.startsWith(`${controlPath}/`) === true
}
