import type { GeographyKnobs } from './account/geography.ts'
import type { OperationKnobs } from './account/operation.ts'
import type { Lock } from './arm/lock.ts'
import type { DateWindow } from './cosmos/authenticate.ts'
import type { FaultRates } from './cosmos/faults.ts'
import { SimError } from './errors.ts'
import { asObject } from './http/call.ts'
import type { RegenerationKnobs } from './weather/propagation.ts'
import type { RegionSettings } from './weather/region-weather.ts'
import {
  type Ambush,
  type Climate,
  faultKinds,
  type ServiceName,
  type ServiceWeather,
  serviceNames,
  type WeatherSettings,
} from './weather/weather.ts'

/** Weather of every service, the data plane's own faults among them. */
export type AllWeather = WeatherSettings & {
  cosmos?: Partial<FaultRates>
  /** Outages and lag by region; `*` is every region that is not named. */
  regions?: RegionSettings
}

/** How operations on the account's regions and on the account itself go. */
export interface OperationSettings {
  readonly geography?: Partial<GeographyKnobs>
  readonly management?: Partial<OperationKnobs>
}

/** What a setting takes, as its error sentence says it. */
export interface Kind {
  readonly says: string
  readonly fits: (value: unknown) => boolean
}

const isMs = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const ms: Kind = { says: 'milliseconds, 0 or more', fits: isMs }
const count: Kind = {
  says: 'a whole number, 0 or more',
  fits: value => Number.isSafeInteger(value) && Number(value) >= 0,
}
const rate: Kind = {
  says: 'a number from 0 to 1',
  fits: value => isMs(value) && value <= 1,
}
const span: Kind = {
  says: 'milliseconds, or [least, most] of them',
  fits: value => {
    if (!Array.isArray(value)) return isMs(value)
    const [least, most, ...more] = value as unknown[]
    return more.length === 0 && isMs(least) && isMs(most) && least <= most
  },
}
const oneOf = (...words: readonly string[]): Kind => ({
  says: words.join(' or '),
  fits: value => words.includes(String(value)),
})

const regenerationKinds: Record<keyof RegenerationKnobs, Kind> = {
  durationMs: span,
  spreadMs: ms,
  gapMs: ms,
  overlapMs: ms,
  oldReadsMs: ms,
  flaps: count,
  flapMs: ms,
  keysShown: oneOf('end', 'acceptance'),
  failRate: rate,
  failedEffect: oneOf('none', 'done', 'either'),
}

const operationKinds: Record<keyof OperationKnobs, Kind> = {
  durationMs: span,
  failRate: rate,
  failedEffect: oneOf('none', 'done', 'either'),
}

const geographyKinds: Record<keyof GeographyKnobs, Kind> = {
  ...operationKinds,
  writeGapMs: span,
  lingerMs: span,
  unseenWrites: oneOf('lost', 'kept'),
}

const skew: Kind = {
  says: 'milliseconds, negative for a clock that is behind',
  fits: value => typeof value === 'number' && Number.isFinite(value),
}

const serviceKinds: Record<keyof ServiceWeather, Kind> = {
  slowRate: rate,
  slowMs: span,
  throttleRate: rate,
  retryAfterSeconds: count,
  errorRate: rate,
  brokenRate: rate,
  expiredRate: rate,
  resetRate: rate,
  lostRate: rate,
  lateRate: rate,
  lateMs: span,
  skewMs: skew,
}

const weatherKinds: { [service in ServiceName]: Record<keyof Climate[service], Kind> } = {
  arm: serviceKinds,
  vault: {
    ...serviceKinds,
    staleMs: span,
    staleRate: rate,
    deleteMs: span,
    recoverMs: span,
    purgeMs: span,
  },
  entra: { ...serviceKinds, shortLifeRate: rate, shortLifeSeconds: count },
}

/** @throws SimError `SIM_OPTION_INVALID` */
export function checkRegeneration(value: unknown): Partial<RegenerationKnobs> {
  return check('regeneration', value, regenerationKinds) as Partial<RegenerationKnobs>
}

/** @throws SimError `SIM_OPTION_INVALID` */
export function checkGeography(value: unknown): Partial<GeographyKnobs> {
  return check('geography', value, geographyKinds) as Partial<GeographyKnobs>
}

/** @throws SimError `SIM_OPTION_INVALID` */
export function checkManagement(value: unknown): Partial<OperationKnobs> {
  return check('management', value, operationKinds) as Partial<OperationKnobs>
}

/** @throws SimError `SIM_OPTION_INVALID` */
export function checkLocks(value: unknown): readonly Lock[] {
  if (!Array.isArray(value)) throw invalid('The setting locks is not a list of locks.')
  return value.map((lock: unknown, at) => {
    const checked = check(`locks[${at}]`, lock, {
      level: oneOf('CanNotDelete', 'ReadOnly'),
      scope: oneOf('account', 'resourceGroup', 'subscription'),
    })
    if (checked['level'] === undefined) throw invalid(`The setting locks[${at}] needs a level.`)
    return checked as unknown as Lock
  })
}

/**
 * Weather by service. The data plane's rates and its regions' weather are checked by the data plane.
 *
 * @throws SimError `SIM_OPTION_INVALID`
 */
export function checkWeather(value: unknown): AllWeather {
  const { cosmos, regions, ...services } = object('weather', value)
  for (const [name, settings] of Object.entries(services)) {
    if (!isService(name)) throw unknown(`weather.${name}`, [...serviceNames, 'cosmos', 'regions'])
    check(`weather.${name}`, settings, weatherKinds[name])
  }
  return {
    ...(services as WeatherSettings),
    ...(cosmos ? { cosmos: object('cosmos', cosmos) } : {}),
    ...(regions ? { regions: byRegion(regions) } : {}),
  }
}

function byRegion(value: unknown): RegionSettings {
  const regions = object('regions', value)
  for (const [name, own] of Object.entries(regions)) object(`regions.${name}`, own)
  return regions as RegionSettings
}

/** @throws SimError `SIM_OPTION_INVALID` */
export function checkDateWindow(value: unknown): Partial<DateWindow> {
  return check('dateWindow', value, { aheadMs: ms, behindMs: ms })
}

/** @throws SimError `SIM_OPTION_INVALID` */
export function checkAmbush(value: unknown): Ambush {
  const text: Kind = { says: 'a text', fits: given => typeof given === 'string' }
  const checked = check('once', value, {
    service: oneOf(...serviceNames),
    fault: oneOf(...faultKinds),
    verb: text,
    path: text,
    delayMs: ms,
  })
  const { service, fault } = checked
  if (service === undefined || fault === undefined) {
    throw invalid('The setting once needs both service and fault.')
  }
  return checked as unknown as Ambush
}

export function invalid(sentence: string): SimError {
  return new SimError('SIM_OPTION_INVALID', sentence)
}

/** @throws SimError `SIM_OPTION_INVALID` for a setting that is unknown or of the wrong kind */
export function check(name: string, value: unknown, kinds: Readonly<Record<string, Kind>>) {
  const settings = object(name, value)
  for (const [key, given] of Object.entries(settings)) {
    const kind = kinds[key]
    if (kind === undefined) throw unknown(`${name}.${key}`, Object.keys(kinds))
    if (given !== undefined && !kind.fits(given)) {
      throw invalid(`The setting ${name}.${key} is ${JSON.stringify(given)}; give ${kind.says}.`)
    }
  }
  return settings
}

function object(name: string, value: unknown): Record<string, unknown> {
  const settings = value === undefined ? {} : asObject(value)
  if (settings === undefined) throw invalid(`The setting ${name} is not an object of settings.`)
  return settings
}

function unknown(name: string, known: readonly string[]): SimError {
  return invalid(`There is no setting ${name}; known are ${known.join(', ')}.`)
}

const isService = (name: string): name is ServiceName =>
  serviceNames.some(service => service === name)
