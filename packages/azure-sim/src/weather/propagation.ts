import { type Chance, within } from '../chance.ts'

/** Milliseconds, fixed or drawn from the seed between both ends. */
export type Span = number | readonly [number, number]

/**
 * How a regeneration goes. Microsoft documents neither order nor duration ("one minute to multiple
 * hours", "a few seconds to several days"), so every bound is a knob.
 */
export interface RegenerationKnobs {
  /** From acceptance to the end that ARM reports. */
  durationMs: Span
  /** How long after that end a region may still change its mind. */
  spreadMs: number
  /** The longest time in which a region takes neither the old key nor the new one. */
  gapMs: number
  /** The longest time in which a region takes both. */
  overlapMs: number
  /** The longest time for which a key that is refused for writes still reads. */
  oldReadsMs: number
  /** How often at most a region falls back to the former state before it settles. */
  flaps: number
  /** The longest such relapse. */
  flapMs: number
  /** When `listKeys` begins to show the new value. */
  keysShown: 'end' | 'acceptance'
  /** Probability that an operation ends as `Failed`. */
  failRate: number
  /** Whether a failed operation changed the key all the same. */
  failedEffect: 'none' | 'done' | 'either'
}

export const defaultRegeneration: RegenerationKnobs = {
  durationMs: [400, 1_200],
  spreadMs: 300,
  gapMs: 200,
  overlapMs: 200,
  oldReadsMs: 0,
  flaps: 0,
  flapMs: 50,
  keysShown: 'end',
  failRate: 0,
  failedEffect: 'either',
}

/** When one region changes keys; milliseconds after the operation was accepted. */
export interface RegionSchedule {
  readonly oldWritesUntil: number
  /** Never before `oldWritesUntil`. */
  readonly oldReadsUntil: number
  readonly newFrom: number
  /** Times in which the region answers as before `newFrom` and `oldWritesUntil`; in order. */
  readonly relapses: readonly { readonly from: number; readonly until: number }[]
}

/**
 * A pure function of seed, operation and region: the same seed replays the same weather in
 * whichever order regions are asked. All is settled by `durationMs + spreadMs` after acceptance;
 * only an old key's reads may outlast that, by `oldReadsMs`.
 */
export function propagation(
  chance: Chance,
  ordinal: number,
  region: string,
  knobs: RegenerationKnobs,
): RegionSchedule {
  const draw = (what: string, nth = 0) => chance('propagation', ordinal, region, what, nth)
  const settled = operationDuration(chance, ordinal, knobs) + knobs.spreadMs
  const handover = draw('handover') * settled
  // Towards a gap or towards an overlap: each region has its own luck.
  const apart = draw('gap-or-overlap') < 0.5 ? -draw('gap') * knobs.gapMs : 0
  const both = apart < 0 ? apart : draw('overlap') * knobs.overlapMs
  const share = draw('share')
  const oldWritesUntil = clamp(handover + both * share, settled)
  const newFrom = clamp(handover - both * (1 - share), settled)
  const oldReadsUntil = oldWritesUntil + Math.round(draw('old-reads') * knobs.oldReadsMs)
  const relapses = relapsesOf(draw, Math.max(oldWritesUntil, newFrom), settled, knobs)
  return { oldWritesUntil, oldReadsUntil, newFrom, relapses }
}

/** From acceptance to the end that ARM reports, in milliseconds. */
export function operationDuration(
  chance: Chance,
  ordinal: number,
  knobs: RegenerationKnobs,
): number {
  return within(knobs.durationMs, chance('operation', ordinal, 'duration'))
}

function relapsesOf(
  draw: (what: string, nth?: number) => number,
  from: number,
  settled: number,
  knobs: RegenerationKnobs,
): RegionSchedule['relapses'] {
  const count = Math.floor(draw('flaps') * (knobs.flaps + 1))
  const relapses: { from: number; until: number }[] = []
  let free = from
  for (let nth = 0; nth < count && free < settled; nth++) {
    const start = clamp(free + draw('flap-start', nth) * (settled - free), settled)
    const until = clamp(start + draw('flap-length', nth) * knobs.flapMs, settled)
    if (until > start) relapses.push({ from: start, until })
    free = until + 1
  }
  return relapses
}

function clamp(ms: number, settled: number): number {
  return Math.round(Math.min(Math.max(0, ms), settled))
}
