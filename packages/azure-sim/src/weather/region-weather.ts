import type { Span } from './propagation.ts'

/** What may be wrong with the endpoint of a region. */
export type Outage =
  | 'none'
  /** Nothing listens: connections are refused, and those that were open are cut. */
  | 'refused'
  /** Connections are taken, and reset once a request has come, before it had any effect. */
  | 'reset'
  /** Requests are taken and never answered. */
  | 'hang'
  /** Every request is answered with 503. */
  | 'unavailable'

export const outages: readonly Outage[] = ['none', 'refused', 'reset', 'hang', 'unavailable']

/** How it is in one region; all calm by default, each settable at any time. */
export interface RegionWeather {
  /** How late a write is seen here. The write region sees everything at once. */
  replicationLagMs: Span
  /** For how long a new container is not known here: its requests are refused with 401. */
  containerLagMs: Span
  /** What is wrong with the endpoint from now on, until it is set to `none`. */
  outage: Outage
  /** The time from the end of one outage by chance to the start of the next; 0 is never. */
  outageEveryMs: Span
  /** How long an outage by chance lasts. */
  outageMs: Span
  /** Which outages chance draws from. */
  outageKinds: readonly Outage[]
}

export const calmRegion: Readonly<RegionWeather> = {
  replicationLagMs: 0,
  containerLagMs: 0,
  outage: 'none',
  outageEveryMs: 0,
  outageMs: [500, 2_000],
  outageKinds: ['refused', 'reset', 'hang', 'unavailable'],
}

/** By region's name; `*` is every region that is not named. */
export type RegionSettings = Readonly<Record<string, Partial<RegionWeather>>>

export const everyRegion = '*'

/** The longest that a span may come to. */
export const most = (span: Span): number => (typeof span === 'number' ? span : span[1])

const spans = ['replicationLagMs', 'containerLagMs', 'outageEveryMs', 'outageMs'] as const

/** Throws RangeError, a sentence that says what to give instead. `known`: the account's regions. */
export function checkRegions(settings: RegionSettings, known?: readonly string[]): void {
  for (const [region, own] of Object.entries(settings)) {
    if (region !== everyRegion && known?.includes(region) === false) {
      throw new RangeError(
        `There is no region ${region} to have weather; give ${known.join(', ')}, or ${everyRegion}.`,
      )
    }
    checkRegion(region, own)
  }
}

function checkRegion(region: string, settings: Partial<RegionWeather>): void {
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(calmRegion, name)) {
      const known = Object.keys(calmRegion).join(', ')
      throw new RangeError(`There is no setting regions.${region}.${name}; known are ${known}.`)
    }
  }
  for (const name of spans) {
    const span: unknown = settings[name]
    if (span !== undefined && !isSpan(span)) {
      throw new RangeError(
        `The setting regions.${region}.${name} is ${JSON.stringify(span)}; ` +
          'give milliseconds, or [least, most] of them.',
      )
    }
  }
  const kinds = [settings.outage ?? 'none', ...(settings.outageKinds ?? ['none'])]
  const unknown = kinds.find(kind => !outages.includes(kind))
  if (unknown !== undefined || settings.outageKinds?.length === 0) {
    throw new RangeError(
      `The outage ${String(unknown)} of region ${region} is not known; give ${outages.join(', ')}.`,
    )
  }
}

function isSpan(value: unknown): boolean {
  const isMs = (ms: unknown): boolean => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0
  if (!Array.isArray(value)) return isMs(value)
  return value.length === 2 && value.every(isMs) && Number(value[0]) <= Number(value[1])
}
