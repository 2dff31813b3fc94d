import type { Chance } from '../chance.ts'
import { propagation, type RegionSchedule } from '../weather/propagation.ts'
import type { Regeneration } from './regeneration.ts'
import type { AccountKey } from './types.ts'

/** One generation's life in one region; milliseconds since the epoch. */
interface Life {
  readonly key: AccountKey
  readonly born: Handover | null
  readonly replaced: Handover | null
}

interface Handover {
  readonly at: number
  readonly schedule: RegionSchedule
}

/** What a region takes, and until when that is certain. */
export interface Taken {
  readonly read: readonly AccountKey[]
  readonly write: readonly AccountKey[]
  readonly until: number
}

/** A key with the operations that made and replaced it; `null` where there is none. */
export interface Generation {
  readonly key: AccountKey
  readonly madeBy: Regeneration | null
  readonly replacedBy: Regeneration | null
}

/** The keys that a region takes at `now`: a pure function of the account's history. */
export function takenAt(
  chance: Chance,
  generations: readonly Generation[],
  region: string,
  now: number,
): Taken {
  const handover = (operation: Regeneration | null): Handover | null =>
    operation && {
      at: operation.acceptedAt,
      schedule: propagation(chance, operation.ordinal, region, operation.knobs),
    }
  const lives = generations.map(g => ({
    key: g.key,
    born: handover(g.madeBy),
    replaced: handover(g.replacedBy),
  }))
  const until = Math.min(...lives.flatMap(changes).filter(at => at > now))
  const takes = (access: 'read' | 'write') =>
    lives.filter(life => isTaken(life, access, now)).map(life => life.key)
  return { read: takes('read'), write: takes('write').filter(key => !key.readOnly), until }
}

function isTaken(life: Life, access: 'read' | 'write', now: number): boolean {
  const { born, replaced } = life
  if (born) {
    const since = now - born.at
    if (since < born.schedule.newFrom || relapsed(born.schedule, since)) return false
  }
  if (!replaced) return true
  const since = now - replaced.at
  const { oldReadsUntil, oldWritesUntil } = replaced.schedule
  if (since < (access === 'read' ? oldReadsUntil : oldWritesUntil)) return true
  return relapsed(replaced.schedule, since)
}

function relapsed(schedule: RegionSchedule, since: number): boolean {
  return schedule.relapses.some(({ from, until }) => since >= from && since < until)
}

function changes(life: Life): number[] {
  return [life.born, life.replaced].flatMap(handover => {
    if (!handover) return []
    const { oldWritesUntil, oldReadsUntil, newFrom, relapses } = handover.schedule
    const offsets = relapses.flatMap(({ from, until }) => [from, until])
    return [oldWritesUntil, oldReadsUntil, newFrom, ...offsets].map(ms => handover.at + ms)
  })
}
