import { randomInt } from 'node:crypto'
import { defaultGeography, type GeographyKnobs } from './account/geography.ts'
import { defaultManagement, type OperationKnobs } from './account/operation.ts'
import type { Lock } from './arm/lock.ts'
import { type Clock, realClock } from './clock.ts'
import type { DateWindow } from './cosmos/authenticate.ts'
import { type PrincipalOptions, principalsFrom } from './entra/principal-options.ts'
import type { Principal } from './entra/principals.ts'
import { guidFrom } from './guid.ts'
import { asObject } from './http/call.ts'
import {
  type AllWeather,
  check,
  checkDateWindow,
  checkGeography,
  checkLocks,
  checkManagement,
  checkRegeneration,
  checkWeather,
  invalid,
  type Kind,
} from './settings.ts'
import { defaultRegeneration, type RegenerationKnobs } from './weather/propagation.ts'
import type { WitnessOptions } from './witness.ts'

export type { PrincipalOptions } from './entra/principal-options.ts'

export interface AzureSimOptions {
  /** 0 to 2^53 − 1. All weather follows from it. Drawn at random, and told, where absent. */
  readonly seed?: number
  /** One to five, the first is written to. Default: West US, North Europe. */
  readonly regions?: readonly string[]
  /** `seeded` makes the account keys replayable, and predictable. Default `random`. */
  readonly keys?: 'random' | 'seeded'
  /**
   * 0 takes any free port, which is the default. Where `cosmos` is given, the regions take the
   * ports that follow it.
   */
  readonly ports?: Partial<Record<'cosmos' | 'arm' | 'vault' | 'entra', number>>
  readonly accountName?: string
  readonly resourceGroup?: string
  readonly subscriptionId?: string
  readonly tenantId?: string
  readonly vaultName?: string
  readonly regeneration?: Partial<RegenerationKnobs>
  /** How long failovers and changes of regions take, and what goes wrong meanwhile. */
  readonly geography?: Partial<GeographyKnobs>
  /** How long creations, updates and deletions of the account take, and whether they fail. */
  readonly management?: Partial<OperationKnobs>
  /** Resource locks on the account or on what it is in. */
  readonly locks?: readonly Lock[]
  readonly weather?: AllWeather
  /** How long Azure's own record of a key's last use is behind. Default 0. */
  readonly lastUsageLagMs?: number
  readonly principals?: Readonly<Record<string, PrincipalOptions>>
  /** Default 3,599, as the service has it. Make it long where a virtual clock runs ahead. */
  readonly tokenLifetimeSeconds?: number
  /** How far a data-plane request's date may be off. */
  readonly dateWindow?: Partial<DateWindow>
  /**
   * How far the data plane's clocks are ahead, in milliseconds, negative where behind: of all
   * regions, or by region. Default 0.
   */
  readonly clockSkewMs?: number | Readonly<Record<string, number>>
  /** Whether a resource token ends with the account key that it was made under. Default true. */
  readonly resourceTokensDieWithKey?: boolean
  /**
   * Whether ARM's and Key Vault's published rate limits refuse callers, or are only shown in
   * headers. Default `shown`: a test turns in seconds what Azure turns in hours.
   */
  readonly limits?: 'shown' | 'enforced'
  readonly clock?: Clock
  readonly witness?: WitnessOptions
}

/** The same with every default in its place. */
export interface Settings
  extends Required<
    Omit<AzureSimOptions, 'principals' | 'ports' | 'regeneration' | 'geography' | 'management'>
  > {
  readonly ports: Required<NonNullable<AzureSimOptions['ports']>>
  readonly regeneration: RegenerationKnobs
  readonly geography: GeographyKnobs
  readonly management: OperationKnobs
  readonly principals: Readonly<Record<string, Principal>>
}

const defaultRegions = ['West US', 'North Europe']
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const text: Kind = { says: 'a text', fits: value => typeof value === 'string' }
const number: Kind = { says: 'a number', fits: value => typeof value === 'number' }
const object: Kind = { says: 'an object', fits: value => asObject(value) !== undefined }
const numberOrNumbers: Kind = {
  says: 'milliseconds, or milliseconds by region',
  fits: value =>
    Number.isFinite(value) || Object.values(asObject(value) ?? { no: '' }).every(Number.isFinite),
}
const list: Kind = { says: 'a list', fits: Array.isArray }
const texts: Kind = { says: 'a list of texts', fits: isTexts }

/** Options may come from a file: a misspelt one must not pass for one that was left out. */
const optionKinds: Record<keyof AzureSimOptions, Kind> = {
  seed: number,
  regions: texts,
  keys: text,
  ports: object,
  accountName: text,
  resourceGroup: text,
  subscriptionId: text,
  tenantId: text,
  vaultName: text,
  regeneration: object,
  geography: object,
  management: object,
  locks: list,
  weather: object,
  lastUsageLagMs: number,
  principals: object,
  tokenLifetimeSeconds: number,
  dateWindow: object,
  clockSkewMs: numberOrNumbers,
  resourceTokensDieWithKey: { says: 'true or false', fits: value => typeof value === 'boolean' },
  limits: text,
  clock: object,
  witness: object,
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

/** @throws SimError `SIM_OPTION_INVALID`, one sentence that says what to give instead */
export function settingsFrom(options: AzureSimOptions): Settings {
  check('options', options, optionKinds)
  const settings: Settings = {
    seed: options.seed ?? randomInt(2 ** 47),
    regions: options.regions ?? defaultRegions,
    keys: options.keys ?? 'random',
    ports: { cosmos: 0, arm: 0, vault: 0, entra: 0, ...options.ports },
    accountName: options.accountName ?? 'cosmos-sim',
    resourceGroup: options.resourceGroup ?? 'rg-sim',
    subscriptionId: options.subscriptionId ?? guidFrom('subscription'),
    tenantId: options.tenantId ?? guidFrom('tenant'),
    vaultName: options.vaultName ?? 'vault-sim',
    regeneration: { ...defaultRegeneration, ...checkRegeneration(options.regeneration) },
    geography: { ...defaultGeography, ...checkGeography(options.geography) },
    management: { ...defaultManagement, ...checkManagement(options.management) },
    locks: checkLocks(options.locks ?? []),
    weather: checkWeather(options.weather),
    lastUsageLagMs: options.lastUsageLagMs ?? 0,
    principals: principalsFrom(options.principals ?? {}),
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3_599,
    dateWindow: checkDateWindow(options.dateWindow),
    clockSkewMs: options.clockSkewMs ?? 0,
    resourceTokensDieWithKey: options.resourceTokensDieWithKey ?? true,
    limits: options.limits ?? 'shown',
    clock: options.clock ?? realClock,
    witness: options.witness ?? {},
  }
  checkNumbers(settings)
  checkNames(settings)
  return settings
}

function checkNumbers({ seed, ports, lastUsageLagMs, tokenLifetimeSeconds, witness }: Settings) {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw invalid(`The seed ${seed} is not usable: give a whole number from 0 to 2^53 − 1.`)
  }
  for (const [name, port] of Object.entries(ports)) {
    if (!['cosmos', 'arm', 'vault', 'entra'].includes(name)) {
      throw invalid(`There is no port called ${name}: give cosmos, arm, vault or entra.`)
    }
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw invalid(`The ${name} port ${port} is not usable: give 0 to 65535, 0 for any.`)
    }
  }
  if (!(lastUsageLagMs >= 0)) {
    throw invalid(`The lastUsageLagMs ${lastUsageLagMs} is not usable: give 0 or more.`)
  }
  if (!(tokenLifetimeSeconds >= 1)) {
    throw invalid(`The tokenLifetimeSeconds ${tokenLifetimeSeconds} is not usable: give 1 or more.`)
  }
  for (const [name, max] of Object.entries(witness)) {
    if (!Number.isInteger(max) || max < 1) {
      throw invalid(`The witness's ${name} ${max} is not usable: give a whole number, 1 or more.`)
    }
  }
}

function checkNames(settings: Settings): void {
  const { regions, accountName, tenantId, subscriptionId, keys, limits } = settings
  const different = new Set(regions.map(name => name.replace(/ /g, '').toLowerCase()))
  if (regions.length < 1 || regions.length > 5 || different.size !== regions.length) {
    throw invalid(`The regions ${regions.join(', ')} are not usable: give one to five names.`)
  }
  // cosmos-db.json: the pattern and length of accountName.
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(accountName) || !/^.{3,50}$/.test(accountName)) {
    throw invalid(`The account name ${accountName} is not usable: give 3 to 50 of a-z, 0-9 and -.`)
  }
  if (!guid.test(tenantId)) throw invalid(`The tenantId ${tenantId} is not a GUID.`)
  // Azure's are GUIDs; the subscription of Microsoft's own examples is `subid`.
  if (!/^[\w-]{1,64}$/.test(subscriptionId)) {
    throw invalid(`The subscriptionId ${subscriptionId} is not usable: give a GUID.`)
  }
  if (keys !== 'random' && keys !== 'seeded') {
    throw invalid(`The keys option is ${String(keys)}; give random or seeded.`)
  }
  if (limits !== 'shown' && limits !== 'enforced') {
    throw invalid(`The limits option is ${String(limits)}; give shown or enforced.`)
  }
}
