import { type Chance, within } from '../chance.ts'
import type { Span } from './propagation.ts'

/** The management services that weather can strike. */
export type ServiceName = 'arm' | 'vault' | 'entra'
export const serviceNames: readonly ServiceName[] = ['arm', 'vault', 'entra']

/** How bad it is for one service. Rates are probabilities per call, 0 to 1; all 0 by default. */
export interface ServiceWeather {
  /** Calls that are answered late, by `slowMs`. */
  slowRate: number
  slowMs: Span
  /** Calls refused with 429. */
  throttleRate: number
  retryAfterSeconds: number
  /** Calls refused with a 5xx, without effect. */
  errorRate: number
  /** Calls answered with a 5xx after they took effect: a gateway that gave up waiting. */
  brokenRate: number
  /** Calls refused because their token had expired, though it had not. Entra knows none. */
  expiredRate: number
  /** Connections reset before the call had any effect. */
  resetRate: number
  /** Connections reset after the call took effect: the answer is lost. */
  lostRate: number
  /** Connections reset at once, and the call takes effect `lateMs` later all the same. */
  lateRate: number
  lateMs: Span
  /** How far the service's clock is ahead of the simulator's, or behind where negative. */
  skewMs: number
}

/** What can go wrong in a vault beside that: it has replicas, and deletes in its own time. */
export interface VaultWeather extends ServiceWeather {
  /** How long after a set a replica still serves the version before it. Default 0: none does. */
  staleMs: Span
  /** How many reads meet such a replica. */
  staleRate: number
  /** How long the name of a deleted secret is neither here nor there; likewise the other two. */
  deleteMs: Span
  recoverMs: Span
  purgeMs: Span
}

/** What can go wrong with tokens. */
export interface EntraWeather extends ServiceWeather {
  /** Tokens that are issued for `shortLifeSeconds` only. */
  shortLifeRate: number
  shortLifeSeconds: number
}

/** The weather of each service. */
export interface Climate {
  arm: ServiceWeather
  vault: VaultWeather
  entra: EntraWeather
}

export const calm: Readonly<ServiceWeather> = {
  slowRate: 0,
  slowMs: [50, 500],
  throttleRate: 0,
  retryAfterSeconds: 1,
  errorRate: 0,
  brokenRate: 0,
  expiredRate: 0,
  resetRate: 0,
  lostRate: 0,
  lateRate: 0,
  lateMs: [100, 2_000],
  skewMs: 0,
}

export const calmVault: Readonly<VaultWeather> = {
  ...calm,
  staleMs: 0,
  staleRate: 0.5,
  // Seconds in the service; the SDK's pollers meet it in either.
  deleteMs: [0, 50],
  recoverMs: [0, 50],
  purgeMs: [0, 50],
}

const calmEntra: Readonly<EntraWeather> = { ...calm, shortLifeRate: 0, shortLifeSeconds: 60 }

/** `broken`: a 5xx after the effect. `expired`: a good token refused as if it were too old. */
export type FaultKind =
  | 'none'
  | 'throttle'
  | 'expired'
  | 'error'
  | 'broken'
  | 'reset'
  | 'lost'
  | 'late'
export const faultKinds: readonly FaultKind[] = [
  'none',
  'throttle',
  'expired',
  'error',
  'broken',
  'reset',
  'lost',
  'late',
]

/** What strikes one call. `delayMs` passes before the call is looked at. */
export interface Fault {
  readonly kind: FaultKind
  readonly delayMs: number
  readonly retryAfterSeconds: number
}

/** The next call that fits suffers exactly this; then it is spent. */
export interface Ambush {
  readonly service: ServiceName
  readonly fault: FaultKind
  /** Any verb where absent. */
  readonly verb?: string
  /** A part of the path, in any case; any path where absent. */
  readonly path?: string
  readonly delayMs?: number
}

export type WeatherSettings = { [service in ServiceName]?: Partial<Climate[service]> }

/** Ids of operations and secret versions are random: weather that knew them could not be replayed. */
const identifiers = /[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/g

/** Faults on management calls, drawn from the seed or laid in wait one by one. */
export class Weather {
  readonly #chance: Chance
  readonly #services: Climate
  readonly #calls = new Map<string, number>()
  #ambushes: Ambush[] = []

  constructor(chance: Chance, settings: WeatherSettings = {}) {
    this.#chance = chance
    this.#services = { arm: { ...calm }, vault: { ...calmVault }, entra: { ...calmEntra } }
    this.set(settings)
  }

  get settings(): Readonly<{ [service in ServiceName]: Readonly<Climate[service]> }> {
    return this.#services
  }

  /** Changes what is named and leaves the rest. Takes effect with the next call. */
  set(settings: WeatherSettings): void {
    for (const name of serviceNames) Object.assign(this.#services[name], settings[name])
  }

  /** Lays one fault in wait. */
  once(ambush: Ambush): void {
    this.#ambushes.push(ambush)
  }

  /** How long the next token for this client lives, where that is short. */
  tokenLifeSeconds(client: string): number | undefined {
    const name = `token ${client}`
    const nth = (this.#calls.get(name) ?? 0) + 1
    this.#calls.set(name, nth)
    const { shortLifeRate, shortLifeSeconds } = this.#services.entra
    return this.#chance('weather', name, nth) < shortLifeRate ? shortLifeSeconds : undefined
  }

  /**
   * The fault for this call. Drawn from the seed and from how often this verb and path were called
   * before, so that calls to other paths do not change it.
   */
  strike(service: ServiceName, verb: string, path: string): Fault {
    const name = `${service} ${verb} ${path.toLowerCase().replace(identifiers, '*')}`
    const nth = (this.#calls.get(name) ?? 0) + 1
    this.#calls.set(name, nth)
    const settings = this.#services[service]
    const ambush = this.#ambushes.find(a => fits(a, service, verb, path))
    if (ambush) {
      this.#ambushes = this.#ambushes.filter(a => a !== ambush)
      const delayMs = ambush.delayMs ?? 0
      return { kind: ambush.fault, delayMs, retryAfterSeconds: settings.retryAfterSeconds }
    }
    return drawFault(what => this.#chance('weather', name, nth, what), settings)
  }
}

function fits(ambush: Ambush, service: ServiceName, verb: string, path: string): boolean {
  return (
    ambush.service === service &&
    (ambush.verb === undefined || ambush.verb.toUpperCase() === verb) &&
    (ambush.path === undefined || path.toLowerCase().includes(ambush.path.toLowerCase()))
  )
}

function drawFault(draw: (what: string) => number, settings: ServiceWeather): Fault {
  const slowMs = draw('slow') < settings.slowRate ? within(settings.slowMs, draw('slow-ms')) : 0
  const { retryAfterSeconds } = settings
  const hit = (kind: FaultKind, delayMs: number): Fault => ({ kind, delayMs, retryAfterSeconds })
  if (draw('throttle') < settings.throttleRate) return hit('throttle', slowMs)
  if (draw('expired') < settings.expiredRate) return hit('expired', slowMs)
  if (draw('error') < settings.errorRate) return hit('error', slowMs)
  if (draw('broken') < settings.brokenRate) return hit('broken', slowMs)
  if (draw('reset') < settings.resetRate) return hit('reset', slowMs)
  if (draw('lost') < settings.lostRate) return hit('lost', slowMs)
  if (draw('late') < settings.lateRate) return hit('late', within(settings.lateMs, draw('late-ms')))
  return hit('none', slowMs)
}
