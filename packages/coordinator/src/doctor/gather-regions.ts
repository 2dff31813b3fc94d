import type { Slot } from '@keyturn/core'
import { get } from '../azure/arm-get.ts'
import type { ArmLook, Prober, RegionEndpoint } from '../ports.ts'
import { type Asked, type ClockFacts, type Configured, known, type RegionFacts } from './facts.ts'
import { aheadOf } from './gather-arm.ts'
import { unknown } from './unknown.ts'

const answerWithinMs = 10_000

export interface RegionQuestions {
  readonly configured: Configured
  /** `null`: ARM could not be looked at, so that regions are not known and nothing can sign. */
  readonly look: ArmLook | null
  /** Whose keys are tried. */
  readonly slots: readonly Slot[]
  readonly prober: Prober
  readonly now: () => number
}

/** Whether each endpoint answers from here, what its clock says, and whether it takes the keys. */
export const askRegions = async (asked: RegionQuestions) => {
  const { configured, look } = asked
  const own = { name: 'the account’s endpoint', endpoint: configured.endpoint }
  const answers = await Promise.all(
    [own, ...(look?.regions ?? [])].map(region => askRegion(region, asked)),
  )
  return {
    regions: answers.map(({ facts }) => facts) satisfies readonly RegionFacts[],
    clocks: answers.map(({ clock }) => clock) satisfies readonly ClockFacts[],
  }
}

const askRegion = async (
  region: RegionEndpoint,
  { look, slots, prober, now }: RegionQuestions,
): Promise<{ facts: RegionFacts; clock: ClockFacts }> => {
  const { name, endpoint } = region
  const { reached, aheadMs } = await knock(endpoint, now)
  const keys: Partial<Record<Slot, string | null>> = {}
  for (const slot of look && reached.known ? slots : []) {
    if (look) keys[slot] = await prober.probe(region, look.keys[slot])
  }
  return { facts: { name, endpoint, reached, keys }, clock: { of: name, aheadMs } }
}

/** A request without a key: the service answers 401, or 403 where a firewall turns it away. */
const knock = async (
  endpoint: string,
  now: () => number,
): Promise<{ reached: RegionFacts['reached']; aheadMs: Asked<number> }> => {
  const sent = now()
  try {
    const { status, date, body } = await get(endpoint, {}, AbortSignal.timeout(answerWithinMs))
    const blocked = status === 403 && /firewall|through (public|private|service)/i.test(body)
    return { reached: known({ status, blocked }), aheadMs: aheadOf(date, sent, now()) }
  } catch (error) {
    return { reached: unknown(error), aheadMs: unknown(error) }
  }
}
