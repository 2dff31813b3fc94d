import { badRequest } from '../errors.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts'

/** What a client asks for: fixed request units per second, or a maximum to scale up to. */
export interface Throughput {
  readonly units: number
  readonly autoscale: boolean
}

/** Microsoft, "Azure Cosmos DB service quotas": RU/s of one container or database. */
const limits = {
  least: 400,
  step: 100,
  autoscaleLeast: 1_000,
  autoscaleStep: 1_000,
  most: 1_000_000,
}

const manual = (units: Json | undefined): Throughput => {
  const value = Number(units)
  const { least, step, most } = limits
  if (Number.isInteger(value) && value >= least && value <= most && value % step === 0) {
    return { units: value, autoscale: false }
  }
  throw badRequest(
    `The offer should have valid throughput values between ${least} and ${most} inclusive in increments of ${step}.`,
  )
}

const autoscaled = (maximum: Json | undefined): Throughput => {
  const value = Number(maximum)
  const { autoscaleLeast: least, autoscaleStep: step, most } = limits
  if (Number.isInteger(value) && value >= least && value <= most && value % step === 0) {
    return { units: value, autoscale: true }
  }
  throw badRequest(
    `The autoscale maximum throughput should be between ${least} and ${most} inclusive in increments of ${step}.`,
  )
}

/** From the headers of a creation: `x-ms-offer-throughput`, or the autopilot settings. */
export function throughputAsked(
  units: string | undefined,
  settings: string | undefined,
): Throughput | undefined {
  const parsed = parseJson(settings ?? '')
  if (units !== undefined && isObject(parsed)) {
    throw badRequest('Manual and autoscale throughput cannot be asked for together.')
  }
  if (isObject(parsed)) return autoscaled(parsed['maxThroughput'])
  return units === undefined ? undefined : manual(units)
}

/** From the `content` of an offer that is put in the place of another. */
export function throughputOffered(content: Json | undefined, before: Throughput): Throughput {
  const given = isObject(content) ? content : {}
  const settings = given['offerAutopilotSettings']
  if (before.autoscale !== isObject(settings)) {
    throw badRequest(
      'An offer changes between manual and autoscale throughput by the header x-ms-cosmos-migrate-offer-to-autopilot or x-ms-cosmos-migrate-offer-to-manual-throughput alone.',
    )
  }
  return isObject(settings)
    ? autoscaled(settings['maxThroughput'])
    : manual(given['offerThroughput'])
}

/** What an offer remembers: whether it scales, and the most that it ever was. */
interface Memory {
  readonly autoscale: boolean
  readonly highest: number
}

/** What offers say beside their request units, by the offers' ids. */
export class Throughputs {
  readonly #known = new Map<string, Memory>()

  note(offer: string, { units, autoscale }: Throughput): void {
    const highest = Math.max(units, this.#known.get(offer)?.highest ?? 0)
    this.#known.set(offer, { autoscale, highest })
  }

  forget(offer: string): void {
    this.#known.delete(offer)
  }

  isAutoscale(offer: string): boolean {
    return this.#known.get(offer)?.autoscale ?? false
  }

  /** The least that a manual offer may be lowered to: 400, or a hundredth of what it ever was. */
  least(offer: string): number {
    const { highest = 0 } = this.#known.get(offer) ?? {}
    return Math.max(limits.least, Math.ceil(highest / 10_000) * 100)
  }

  /** An offer's `content`, as the service words it. */
  content(offer: string, units: number): JsonObject {
    const plain = { offerIsRUPerMinuteThroughputEnabled: false }
    const highest = this.#known.get(offer)?.highest ?? units
    const parameters = {
      offerMinimumThroughputParameters: {
        maxThroughputEverProvisioned: highest,
        maxConsumedStorageEverInKB: 0,
      },
    }
    if (!this.isAutoscale(offer)) return { offerThroughput: units, ...plain, ...parameters }
    return {
      // What it is scaled to at the moment: a tenth of the maximum while nothing is going on.
      offerThroughput: units / 10,
      ...plain,
      ...parameters,
      offerAutopilotSettings: {
        tier: 0,
        maximumTierThroughput: 0,
        autoUpgrade: false,
        maxThroughput: units,
      },
    }
  }
}
