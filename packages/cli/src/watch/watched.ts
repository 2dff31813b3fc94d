import { type PhaseName, phasesOf, turnPhases } from '@keyturn/core'
import type {
  AccountSummary,
  Blocked,
  DryRunAnswer,
  Progress,
  RotationStatus,
} from '@keyturn/protocol'
import type { Followed } from '../account-events.ts'

/** What is known of a rotation that somebody watches. Moments are this process's, in ms. */
export interface Watched {
  readonly summary: AccountSummary | null
  /** When the summary came: what it says of time has gone on since. */
  readonly at: number
  readonly blocked: Blocked
  readonly progress: Progress | null
  /** The last entry of the journal. */
  readonly revision: number
  /** That the coordinator does not answer, and since when. */
  readonly away: { readonly sentence: string; readonly since: number } | null
  readonly expectedMs: ReadonlyMap<string, number>
}

export const nothingYet: Watched = {
  summary: null,
  at: 0,
  blocked: { count: 0, blockers: [] },
  progress: null,
  revision: 0,
  away: null,
  expectedMs: new Map(),
}

export const heard = (before: Watched, event: Followed, now: number): Watched => {
  if (event.is === 'away') {
    const since = before.away?.since ?? now
    return { ...before, away: { sentence: event.sentence, since } }
  }
  const here = { ...before, away: null, revision: event.revision }
  switch (event.is) {
    case 'status':
      return { ...here, summary: event.data, at: now }
    case 'blockers':
      return { ...here, blocked: event.data }
    case 'progress':
      return { ...here, progress: event.data }
    case 'journal':
      return here
  }
}

/** Phases that are over keep what was expected of them. */
export const expecting = (before: Watched, { steps }: Pick<DryRunAnswer, 'steps'>): Watched => ({
  ...before,
  expectedMs: new Map([
    ...before.expectedMs,
    ...steps.map(({ phase, estimateMs }) => [phase, estimateMs] as const),
  ]),
})

export interface PhaseLine {
  readonly name: string
  readonly is: 'done' | 'now' | 'ahead'
  /** Time spent in it. */
  readonly ms: number
  /** `null`: nobody knows. */
  readonly expectedMs: number | null
}

/** Every phase of the plan, and those of the way back where it is taken. */
export const phaseLines = (
  { summary, at, expectedMs }: Watched,
  now: number,
): readonly PhaseLine[] => {
  const rotation = summary?.rotation
  if (!rotation) return []
  const { phase } = rotation
  const isOver = hasEnded(rotation)
  const entered = rotation.phases.filter(({ name }) => !isEnd(name))
  const past = entered.map(({ name, ms }, index): PhaseLine => {
    const isNow = !isOver && index === entered.length - 1 && name === phase
    const spent = isNow ? ms + Math.max(0, now - at) : ms
    return { name, is: isNow ? 'now' : 'done', ms: spent, expectedMs: expectedMs.get(name) ?? null }
  })
  const order: readonly string[] = phasesOf(rotation.plan ?? 'full')
  const index = order.indexOf(phase)
  const ahead = index < 0 || isOver ? [] : order.slice(index + 1)
  return [
    ...past,
    ...ahead
      .filter(name => !isEnd(name))
      .map(
        name => ({ name, is: 'ahead', ms: 0, expectedMs: expectedMs.get(name) ?? null }) as const,
      ),
  ]
}

export const hasEnded = ({ status }: Pick<RotationStatus, 'status'>): boolean => isEnd(status)

const isEnd = (name: string): boolean => name === 'completed' || name === 'reverted'

/** What has gone, and what is left as far as anybody knows. */
export const timesOf = (lines: readonly PhaseLine[]) => {
  const spentMs = lines.reduce((sum, { ms }) => sum + ms, 0)
  const open = lines.filter(({ is }) => is !== 'done')
  const isKnown = open.length > 0 && open.every(({ expectedMs }) => expectedMs !== null)
  const leftMs = open.reduce(
    (sum, { expectedMs, ms }) => sum + Math.max(0, (expectedMs ?? 0) - ms),
    0,
  )
  return { spentMs, leftMs: isKnown ? leftMs : null }
}

export const isPhase = (name: string): name is PhaseName =>
  [...turnPhases, 'reverting', 'reverted'].some(phase => phase === name)
