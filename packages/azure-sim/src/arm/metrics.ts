import type { Call, Reply } from '../http/call.ts'
import type { Params } from '../http/routes.ts'
import * as refusals from './errors.ts'
import type { ArmOptions } from './options.ts'
import { accountId } from './resource.ts'

/** No answer is longer than this, whatever span is asked for. */
const valuesMax = 1_000

const name = { value: 'Total Requests', localizedValue: 'Total Requests' }
const ok = (value: readonly unknown[]): Reply => ({ status: 200, body: { value } })

const grains = { PT5M: 300_000, PT1H: 3_600_000, P1D: 86_400_000 } as const

interface Span {
  readonly grain: keyof typeof grains
  readonly startTime: string
  readonly endTime: string
}

/** The published examples write `$filter=$filter=(name.value eq 'Total Requests') and timeGrain …`. */
function spanIn(filter: string): Span | undefined {
  const grain = /timeGrain eq duration'(\w+)'/i.exec(filter)?.[1]
  const startTime = /startTime eq '?([\d:.TZ-]+)/i.exec(filter)?.[1]
  const endTime = /endTime eq '?([\d:.TZ-]+)/i.exec(filter)?.[1]
  if (startTime === undefined || endTime === undefined || grain === undefined) return undefined
  const dated = [startTime, endTime].every(time => Number.isFinite(Date.parse(time)))
  return dated && isGrain(grain) ? { grain, startTime, endTime } : undefined
}

const isGrain = (text: string): text is keyof typeof grains => Object.hasOwn(grains, text)

/** Requests that the data plane answered, of all regions or of one. */
export function metrics(arm: ArmOptions, call: Call, { region }: Params): Reply {
  const filter = call.query.get('$filter') ?? ''
  const span = spanIn(filter)
  if (span === undefined) return refusals.badRequest('The $filter is not valid.')
  if (!/name\.value eq 'Total Requests'/i.test(filter)) return ok([])
  const { grain, startTime, endTime } = span
  const [start, end, step] = [Date.parse(startTime), Date.parse(endTime), grains[grain]]
  const count = Math.min(valuesMax, Math.max(0, Math.ceil((end - start) / step)))
  const metricValues = Array.from({ length: count }, (_, at) => {
    const from = start + at * step
    const total = arm.requests.total(from, from + step, region)
    return {
      timestamp: new Date(from).toISOString(),
      total,
      _count: total,
      average: average(total),
    }
  })
  return ok([{ timeGrain: grain, startTime, endTime, unit: 'Count', metricValues, name }])
}

/** Of requests that count as one each. */
const average = (total: number): number => (total === 0 ? 0 : 1)

export function metricDefinitions(arm: ArmOptions): Reply {
  const metricAvailabilities = [
    { timeGrain: 'PT5M', retention: 'P2D' },
    { timeGrain: 'PT1H', retention: 'P14D' },
    { timeGrain: 'P1D', retention: 'P60D' },
  ]
  const resourceUri = accountId(arm.names, arm.account.name)
  const primary = { primaryAggregationType: 'Total', unit: 'Count' } as const
  return ok([{ metricAvailabilities, ...primary, resourceUri, name }])
}

/** Bytes of the documents that are there now. */
export function usages(arm: ArmOptions, call: Call): Reply {
  const asked = /name\.value eq '([^']*)'/i.exec(call.query.get('$filter') ?? '')?.[1]
  if (asked !== undefined && asked !== 'Storage') return ok([])
  const storage = { value: 'Storage', localizedValue: 'Storage' }
  const amounts = { limit: 10_737_418_240, currentValue: arm.storedBytes() }
  return ok([{ unit: 'Bytes', quotaPeriod: 'P1D', ...amounts, name: storage }])
}
