import type { Retirement, Rotation } from '@keyturn/core'
import { bit, type Names, short } from './names.ts'
import { azureAheadMs } from './outside.ts'
import { longMs } from './spec.ts'
import type { Leader, State } from './state.ts'

/** Whoever is outside the fleet, as far as a future depends on it; nothing where nobody is. */
export const outsideKey = ({ outside, spec, now, azure }: State, names: Names): string => {
  const { leaked } = outside
  const urgent = leaked ? short(leaked.slot) + names.key(leaked.key) : ''
  if (spec.outside === undefined) return urgent
  const { strays, late, thief, lastUse, consumers, isWindowOpen, approved, waived, confirmed } =
    outside
  return [
    urgent,
    strays
      .filter(key => names.knows(key))
      .map(key => names.key(key))
      .join(''),
    late
      .filter(({ key }) => names.knows(key))
      .map(
        ({ key, since, isBehindFence }) => names.key(key) + ageOf(now, since) + bit(isBehindFence),
      )
      .join(''),
    thief && names.knows(thief) ? names.key(thief) : '',
    ageOf(now, lastUse.primary) + ageOf(now, lastUse.secondary),
    consumers.map(({ name, uses }) => name + names.key(uses)).join(),
    bit(isWindowOpen) + bit(azure.isRetired) + confirmed,
    [...approved, ...waived].join(),
    outside.waivers
      .filter(({ key, slot }) => key === azure.keys[slot])
      .map(
        waiver => short(waiver.slot) + waiver.code + (waiver.member ?? '') + (waiver.client ?? ''),
      )
      .sort()
      .join(),
  ].join(';')
}

/** Within one instant, instants differ by what Azure's clock is ahead and behind. */
const ageOf = (now: number, at: number | null): string =>
  at === null ? '-' : now - at >= longMs ? 'o' : String(now - at)

/** Waivers, words and the plan: what a rotation holds of people. */
export const outsideRecordKey = (rotation: Rotation, names: Names): string => {
  const { plan, emergency, waivers, approvals, moved, fenceAcknowledged, aborted } = rotation
  const urgent = emergency ? short(emergency.slot) + bit(emergency.planned) : ''
  const waived = waivers
    .map(
      ({ code, slot, member, client, consumer }) =>
        short(slot) + code + (member ?? '') + (client ?? '') + (consumer ?? ''),
    )
    .sort()
  return [
    plan[0] + urgent,
    ...new Set(waived),
    ...approvals.map(({ phase }) => phase),
    ...moved.map(({ consumer, slot }) => consumer + short(slot)).sort(),
    fenceAcknowledged === null ? '' : names.age(fenceAcknowledged - azureAheadMs),
    bit(aborted !== null && emergency !== null),
  ].join(';')
}

export const retirementKey = (retirement: Retirement | null, names: Names): string =>
  retirement === null ? '' : `${retirement.is}${names.age(retirement.at)}`

/** What a leader remembers of Azure's evidence, and which hooks it has begun. */
export const leaderOutsideKey = (
  { now, spec }: State,
  { evidence, hooks, record }: Leader,
): string => {
  if (spec.outside === undefined) return ''
  const shown = hooks.map(
    ({ rotation, consumer, slot, is }) => rotation + consumer + short(slot) + is,
  )
  if (evidence === null) return shown.join()
  const { azureNow, lastUse, lastUseOfAny, error } = evidence
  const acknowledged = record.rotation?.fenceAcknowledged ?? null
  const uses = [lastUse.primary, lastUse.secondary].map(at => {
    const isBefore = at !== null && acknowledged !== null && at < acknowledged
    return ageOf(now, at) + bit(isBefore) + bit(at !== null && azureNow - at > longMs / 2)
  })
  return [
    ...shown,
    ageOf(now, azureNow) + bit(acknowledged !== null && azureNow - acknowledged > longMs / 2),
    ...uses,
    ageOf(now, lastUseOfAny ?? null),
    bit(error !== null),
  ].join(';')
}
