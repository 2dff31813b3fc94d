import type { Account } from './account/account.ts'
import type { Region } from './account/types.ts'
import type { Lock } from './arm/lock.ts'
import { accountId } from './arm/resource.ts'
import { skewed } from './clock.ts'
import { controlPath } from './control.ts'
import { controlsOf } from './controls.ts'
import type { Cosmos } from './cosmos/cosmos-front.ts'
import { type ClientCertificate, makeClientCertificate, registered } from './entra/certificates.ts'
import { clientSecretCredential, type SimCredential } from './entra/credential.ts'
import { federationIssuer } from './entra/entra.ts'
import { managedIdentityPath } from './entra/managed-identity.ts'
import type { Principal } from './entra/principals.ts'
import { TokenAuthority } from './entra/tokens.ts'
import {
  type AzureEnvironment,
  type Description,
  environmentOf,
  type ManagedIdentityEnvironment,
} from './environment.ts'
import { type AzureSimOptions, type Settings, settingsFrom } from './options.ts'
import { explained, makeParts, type Parts } from './parts.ts'
import { Servers } from './servers.ts'
import {
  type AllWeather,
  checkGeography,
  checkLocks,
  checkManagement,
  checkWeather,
  invalid,
  type OperationSettings,
} from './settings.ts'
import { makeTlsIdentity, type TlsIdentity } from './tls/identity.ts'
import type { SecretStore } from './vault/store.ts'
import type { RegenerationKnobs } from './weather/propagation.ts'
import { checkRegions } from './weather/region-weather.ts'
import type { Weather } from './weather/weather.ts'
import type { Ledger } from './witness.ts'

/**
 * An Azure for tests: one Cosmos DB account in several regions, its resource manager, a key vault
 * and a tenant, over TLS on loopback, for Microsoft's unmodified SDKs.
 */
export class AzureSim {
  readonly #settings: Settings
  readonly #tls: TlsIdentity
  readonly #tokens: TokenAuthority
  readonly #servers: Servers

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

  private constructor(settings: Settings, parts: Parts, tls: TlsIdentity, tokens: TokenAuthority) {
    this.#settings = settings
    this.#tls = tls
    this.#tokens = tokens
    this.#servers = new Servers(settings, parts, tls, tokens)
    this.account = parts.account
    this.witness = parts.witness
    this.weather = parts.weather
    this.cosmos = parts.cosmos
    this.secrets = parts.secrets
  }

  /**
   * Starts everything; takes well under a second.
   *
   * @throws SimError `SIM_OPTION_INVALID`, `SIM_PORT_IN_USE`, `SIM_PORT_REFUSED`
   */
  static async start(options: AzureSimOptions = {}): Promise<AzureSim> {
    const settings = settingsFrom(options)
    const parts = makeParts(settings)
    const [tls, tokens] = await Promise.all([
      // Certificates are judged by their clients' clocks, whatever the simulated time is.
      makeTlsIdentity(Date.now()),
      TokenAuthority.make({
        tenantId: settings.tenantId,
        clock: skewed(settings.clock, () => parts.weather.settings.entra.skewMs),
        lifetimeSeconds: settings.tokenLifetimeSeconds,
        principals: Object.values(settings.principals),
      }),
    ])
    const sim = new AzureSim(settings, parts, tls, tokens)
    try {
      await sim.#servers.start(controlsOf(sim))
    } catch (error) {
      await sim.stop()
      throw error
    }
    return sim
  }

  /** Closes every socket; calls under way are cut off. */
  stop(): Promise<void> {
    return this.#servers.stop()
  }

  get seed(): number {
    return this.#settings.seed
  }

  /** The account's global endpoint, which serves as the write region does. */
  get endpoint(): string {
    return this.#servers.addresses.global
  }

  get regions(): readonly Region[] {
    return this.account.regions
  }

  get armEndpoint(): string {
    return this.#servers.addresses.arm
  }

  /** For `SecretClient`, which needs `disableChallengeResourceVerification: true` on loopback. */
  get vaultUrl(): string {
    return this.#servers.addresses.vault
  }

  /** For `@azure/identity`, which needs `disableInstanceDiscovery: true`. */
  get authorityHost(): string {
    return this.#servers.addresses.entra
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
    const { subscriptionId, resourceGroup } = this.#settings
    return accountId({ subscriptionId, resourceGroup }, this.account.name)
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

  /**
   * Makes a certificate, registers it with a principal, and hands it over with its private key:
   * for `ClientCertificateCredential`.
   */
  async clientCertificate(name: string): Promise<ClientCertificate> {
    const { clientId, certificates } = this.#principal(name)
    const made = await makeClientCertificate(clientId, this.#settings.clock.now())
    certificates.push(registered(made.certificate))
    return made
  }

  /** `IDENTITY_*` variables for a process that has this principal as its managed identity. */
  managedIdentity(name: string): ManagedIdentityEnvironment {
    return {
      IDENTITY_ENDPOINT: `${this.authorityHost}${managedIdentityPath}`,
      IDENTITY_HEADER: this.#principal(name).identityHeader,
    }
  }

  /**
   * Tokens are signed with another key from now on. Those signed before stay good until they
   * expire, unless `retire` takes the former keys back.
   */
  async rotateSigningKey({ retire = false }: { readonly retire?: boolean } = {}): Promise<void> {
    await this.#tokens.keys.rotate()
    if (retire) this.#tokens.keys.retire()
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

  /**
   * Changes the weather of any service, the data plane's (`cosmos`) and its regions' among them.
   *
   * @throws SimError `SIM_OPTION_INVALID`
   */
  setWeather(weather: AllWeather): void {
    const { cosmos, regions = {}, ...management } = checkWeather(weather)
    const known = this.account.geography.locations().map(({ name }) => name)
    explained(() => {
      checkRegions(regions, known)
      if (cosmos) this.cosmos.faults.set(cosmos)
      this.cosmos.regionsWeather.set(regions)
    })
    this.weather.set(management)
  }

  /**
   * How the next failovers, changes of regions, creations, updates and deletions go.
   *
   * @throws SimError `SIM_OPTION_INVALID`
   */
  setOperations({ geography, management }: OperationSettings): void {
    const checked = [checkGeography(geography), checkManagement(management)] as const
    Object.assign(this.account.geographyKnobs, checked[0])
    Object.assign(this.account.managementKnobs, checked[1])
  }

  get locks(): readonly Lock[] {
    return this.#servers.locks
  }

  /**
   * Puts these resource locks in the place of those that were.
   *
   * @throws SimError `SIM_OPTION_INVALID`
   */
  setLocks(locks: readonly Lock[]): void {
    this.#servers.locks = checkLocks(locks)
  }

  /** Resolves once exactly those endpoints of regions are open that should be by now. */
  regionsSettled(): Promise<void> {
    return this.#servers.regionsSettled()
  }

  #principal(name: string): Principal {
    const principal = this.principals[name]
    if (principal) return principal
    const known = Object.keys(this.principals).join(', ')
    throw invalid(`There is no principal ${name}; known are ${known}.`)
  }
}
