import { Account } from './account/account.ts'
import { randomKeys, seededKeys } from './account/keys.ts'
import type { Region } from './account/types.ts'
import { KeyUsage } from './account/usage.ts'
import { createArm } from './arm/arm.ts'
import { accountId } from './arm/resource.ts'
import { chanceFrom } from './chance.ts'
import { type Controls, controlPath, createControl } from './control.ts'
import { type Cosmos, createCosmos } from './cosmos/cosmos-front.ts'
import { clientSecretCredential, type SimCredential } from './entra/credential.ts'
import { createEntra, federationIssuer } from './entra/entra.ts'
import type { Principal } from './entra/principals.ts'
import { TokenAuthority } from './entra/tokens.ts'
import { type AzureEnvironment, type Description, environmentOf } from './environment.ts'
import { type AzureSimOptions, type Settings, settingsFrom } from './options.ts'
import {
  armService,
  controlService,
  entraService,
  type Surroundings,
  vaultService,
} from './services.ts'
import {
  type AllWeather,
  checkAmbush,
  checkRegeneration,
  checkWeather,
  invalid,
} from './settings.ts'
import { makeTlsIdentity, type TlsIdentity } from './tls/identity.ts'
import { type Listener, type LoopbackServer, listen } from './tls/server.ts'
import { vaultAudience } from './vault/errors.ts'
import { SecretStore } from './vault/store.ts'
import { createVault } from './vault/vault.ts'
import type { RegenerationKnobs } from './weather/propagation.ts'
import { type Ambush, Weather } from './weather/weather.ts'
import { Ledger } from './witness.ts'

/** Audiences that ARM answers to, beside its own address (published). */
const armAudiences = ['https://management.azure.com', 'https://management.core.windows.net']

/** One running servers' addresses; empty until they listen. */
interface Addresses {
  global: string
  arm: string
  vault: string
  entra: string
}

/**
 * An Azure for tests: one Cosmos DB account in several regions, its resource manager, a key vault
 * and a tenant, over TLS on loopback, for Microsoft's unmodified SDKs.
 */
export class AzureSim {
  readonly #settings: Settings
  readonly #tls: TlsIdentity
  readonly #tokens: TokenAuthority
  readonly #addresses: Addresses = { global: '', arm: '', vault: '', entra: '' }
  readonly #servers: LoopbackServer[] = []
  readonly #abort = new AbortController()

  /** The account, its keys and what regions take; for tests that look behind the wire. */
  readonly account: Account
  /** Who signed with what, when and where; each ARM and vault call. */
  readonly witness: Ledger
  /** Weather of ARM, the vault and Entra; settable at any time. */
  readonly weather: Weather
  /** The data plane, with its own faults. */
  readonly cosmos: Cosmos
  /** What the vault holds. */
  readonly secrets: SecretStore

  private constructor(settings: Settings, tls: TlsIdentity, tokens: TokenAuthority) {
    const { clock } = settings
    const chance = chanceFrom(settings.seed)
    this.#settings = settings
    this.#tls = tls
    this.#tokens = tokens
    const regions = settings.regions.map(
      (name, at): Region => ({ name, endpoint: '', writable: at === 0 }),
    )
    this.account = new Account({
      name: settings.accountName,
      regions,
      clock,
      chance,
      drawKey: settings.keys === 'seeded' ? seededKeys(settings.seed) : randomKeys,
      regeneration: settings.regeneration,
    })
    this.witness = new Ledger(settings.witness)
    const { cosmos, ...management } = settings.weather
    this.weather = new Weather(chance, management)
    this.secrets = new SecretStore(clock)
    this.cosmos = createCosmos({
      account: { name: settings.accountName },
      regions,
      keys: this.account,
      clock,
      chance,
      witness: this.witness,
      settings: {
        disableLocalAuth: () => this.account.flags.disableLocalAuth,
        disableKeyBasedMetadataWriteAccess: () =>
          this.account.flags.disableKeyBasedMetadataWriteAccess,
      },
      weather: cosmos ?? {},
      dateWindow: settings.dateWindow,
    })
  }

  /**
   * Starts everything; takes well under a second.
   *
   * @throws SimError `SIM_OPTION_INVALID`, `SIM_PORT_IN_USE`, `SIM_PORT_REFUSED`
   */
  static async start(options: AzureSimOptions = {}): Promise<AzureSim> {
    const settings = settingsFrom(options)
    const [tls, tokens] = await Promise.all([
      makeTlsIdentity(Date.now()),
      TokenAuthority.make({
        tenantId: settings.tenantId,
        clock: settings.clock,
        lifetimeSeconds: settings.tokenLifetimeSeconds,
        principals: Object.values(settings.principals),
      }),
    ])
    const sim = new AzureSim(settings, tls, tokens)
    try {
      await sim.#listen()
    } catch (error) {
      await sim.stop()
      throw error
    }
    return sim
  }

  /** Closes every socket; calls under way are cut off. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#servers.map(server => server.stop()))
  }

  get seed(): number {
    return this.#settings.seed
  }

  /** The account's global endpoint, which serves as the write region does. */
  get endpoint(): string {
    return this.#addresses.global
  }

  get regions(): readonly Region[] {
    return this.account.regions
  }

  get armEndpoint(): string {
    return this.#addresses.arm
  }

  /** For `SecretClient`, which needs `disableChallengeResourceVerification: true` on loopback. */
  get vaultUrl(): string {
    return this.#addresses.vault
  }

  /** For `@azure/identity`, which needs `disableInstanceDiscovery: true`. */
  get authorityHost(): string {
    return this.#addresses.entra
  }

  get tenantId(): string {
    return this.#settings.tenantId
  }

  get subscriptionId(): string {
    return this.#settings.subscriptionId
  }

  get resourceGroup(): string {
    return this.#settings.resourceGroup
  }

  get accountName(): string {
    return this.account.name
  }

  /** The account's ARM resource id. */
  get accountId(): string {
    return accountId(this.#names, this.account.name)
  }

  /** The PEM that clients must trust. */
  get ca(): string {
    return this.#tls.ca
  }

  /** Turn these at any time; they hold for the next regeneration. */
  get regeneration(): RegenerationKnobs {
    return this.account.regeneration
  }

  get principals(): Readonly<Record<string, Principal>> {
    return this.#settings.principals
  }

  /** The operator's credential, as the SDKs' `TokenCredential`. */
  get credential(): SimCredential {
    return this.credentialOf('operator')
  }

  /** @throws SimError `SIM_OPTION_INVALID` where there is no such principal */
  credentialOf(name: string): SimCredential {
    const { clientId, clientSecret } = this.#principal(name)
    const tokenEndpoint = `${this.authorityHost}/${this.tenantId}/oauth2/v2.0/token`
    return clientSecretCredential({ tokenEndpoint, clientId, clientSecret, ca: this.ca })
  }

  /** What Kubernetes would project into a pod; for `WorkloadIdentityCredential`'s file. */
  federatedToken(name: string): Promise<string> {
    return this.#tokens.issueFederated(this.#principal(name), federationIssuer(this.authorityHost))
  }

  /** `AZURE_*` variables for a process that acts as this principal. */
  environment(name = 'operator'): AzureEnvironment {
    return environmentOf(this.describe(), this.#principal(name))
  }

  /** All that another process needs to connect; no account key in it. */
  describe(): Description {
    const credentials = Object.values(this.principals).map(
      ({ name, clientId, objectId, clientSecret }) =>
        [name, { clientId, objectId, clientSecret }] as const,
    )
    return {
      seed: this.seed,
      endpoint: this.endpoint,
      regions: this.regions.map(region => ({ ...region })),
      armEndpoint: this.armEndpoint,
      vaultUrl: this.vaultUrl,
      authorityHost: this.authorityHost,
      controlUrl: `${this.armEndpoint}${controlPath}`,
      tenantId: this.tenantId,
      subscriptionId: this.subscriptionId,
      resourceGroup: this.resourceGroup,
      accountName: this.accountName,
      accountId: this.accountId,
      principals: Object.fromEntries(credentials),
      ca: this.ca,
    }
  }

  get #names() {
    const { subscriptionId, resourceGroup } = this.#settings
    return { subscriptionId, resourceGroup, tags: {} }
  }

  #principal(name: string): Principal {
    const principal = this.principals[name]
    if (principal) return principal
    const known = Object.keys(this.principals).join(', ')
    throw invalid(`There is no principal ${name}; known are ${known}.`)
  }

  async #listen(): Promise<void> {
    const { ports, clock } = this.#settings
    const { weather, witness } = this
    const around: Surroundings = { clock, weather, witness, signal: this.#abort.signal }
    const addresses = this.#addresses
    addresses.entra = await this.#open(ports.entra, entraService(around, this.#entra()))
    addresses.vault = await this.#open(ports.vault, vaultService(around, this.#vault()))
    const arm = armService(around, this.#arm())
    const control = controlService(around, createControl(this.#controls()))
    addresses.arm = await this.#open(ports.arm, (req, res) =>
      (req.url === controlPath || req.url?.startsWith(`${controlPath}/`) ? control : arm)(req, res),
    )
    const regionPort = (at: number) => (ports.cosmos === 0 ? 0 : ports.cosmos + 1 + at)
    for (const [at, region] of this.regions.entries()) {
      const handler = this.cosmos.handlerFor(region.name)
      region.endpoint = `${await this.#open(regionPort(at), handler)}/`
    }
    addresses.global = `${await this.#open(ports.cosmos, this.cosmos.globalHandler)}/`
  }

  async #open(port: number, listener: Listener): Promise<string> {
    const server = await listen(this.#tls, port, listener)
    this.#servers.push(server)
    return server.url
  }

  #entra() {
    return createEntra({
      tenantId: this.tenantId,
      clock: this.#settings.clock,
      authority: this.#tokens,
      principals: Object.values(this.principals),
      audiences: () => [...armAudiences, this.armEndpoint, vaultAudience],
      url: () => this.authorityHost,
    })
  }

  #vault() {
    const group = `/subscriptions/${this.subscriptionId}/resourceGroups/${this.resourceGroup}`
    const { vaultName } = this.#settings
    return createVault({
      name: vaultName,
      resourceId: `${group}/providers/Microsoft.KeyVault/vaults/${vaultName}`,
      store: this.secrets,
      verify: call => this.#tokens.verify(call.headers.authorization, [vaultAudience]),
      url: () => this.vaultUrl,
      authorization: () => `${this.authorityHost}/${this.tenantId}`,
    })
  }

  #arm() {
    const usage = new KeyUsage(() => this.#settings.lastUsageLagMs)
    this.witness.onData(record => usage.note(record))
    return createArm({
      account: this.account,
      usage,
      names: this.#names,
      clock: this.#settings.clock,
      verify: call =>
        this.#tokens.verify(call.headers.authorization, [...armAudiences, this.armEndpoint]),
      url: () => this.armEndpoint,
      globalEndpoint: () => this.endpoint,
      authorization: () => `${this.authorityHost}/${this.tenantId}`,
    })
  }

  #controls(): Controls {
    return {
      describe: () => this.describe(),
      testimony: () => this.witness.testimony(),
      weather: () => ({ ...this.weather.settings, cosmos: this.cosmos.faults.rates }),
      setWeather: settings => this.setWeather(settings as AllWeather),
      once: ambush => this.weather.once(checkAmbush(ambush) satisfies Ambush),
      regeneration: () => this.regeneration,
      setRegeneration: knobs => {
        Object.assign(this.regeneration, checkRegeneration(knobs))
      },
    }
  }

  /**
   * Changes the weather of any service, the data plane's (`cosmos`) among them.
   *
   * @throws SimError `SIM_OPTION_INVALID`; RangeError for a rate of the data plane
   */
  setWeather(weather: AllWeather): void {
    const { cosmos, ...management } = checkWeather(weather)
    if (cosmos) this.cosmos.faults.set(cosmos)
    this.weather.set(management)
  }
}
