import { ServiceError } from '../errors.ts'
import { isObject, type Json } from '../json.ts'
import { pinnedKey } from '../sql/pinned-key.ts'
import * as plans from '../sql/plan.ts'
import type { Select } from '../sql/syntax.ts'
import { effectiveKey } from './effective-key.ts'
import type { Component, PartitionDefinition } from './partition-key.ts'
import { parametersOf, programOf, type QuerySpec, refusing } from './query-engine.ts'
import { wholeSpace } from './ranges.ts'

/** A query over a container, and what the gateway makes of it before any partition sees it. */
export interface PlannedQuery {
  readonly select: Select
  /** The partition key that its WHERE clause pins, if it does. */
  readonly key: readonly Component[] | undefined
  /** Whether the gateway can answer by itself, one partition after the other. */
  readonly servable: boolean
  readonly plan: () => Json
}

export function plannedQuery(spec: QuerySpec, definition: PartitionDefinition): PlannedQuery {
  const { select } = programOf(spec.query)
  const parameters = parametersOf(spec)
  const key = pinnedKey(select, definition.paths, parameters)
  const servable = plans.needsNoMerge(select) || (key !== undefined && plans.needsNoFold(select))
  const ranges = [key === undefined ? everywhere : pointAt(effectiveKey(key, definition))]
  return {
    select,
    key,
    servable,
    plan: () => refusing(() => plans.planOf(select, parameters, ranges, key !== undefined)),
  }
}

const everywhere = { ...wholeSpace, isMinInclusive: true, isMaxInclusive: false }

const pointAt = (epk: string) => ({
  min: epk,
  max: epk,
  isMinInclusive: true,
  isMaxInclusive: true,
})

/** The gateway's answer to a request for a plan. `features` is what the client says it can merge. */
export function answerPlan(
  spec: QuerySpec,
  definition: PartitionDefinition,
  features: string | undefined,
): Json {
  const { select, plan } = plannedQuery(spec, definition)
  const known = new Set((features ?? '').split(',').map(feature => feature.trim()))
  const made = plan()
  const merges = isObject(made) && isObject(made['queryInfo']) ? made['queryInfo'] : {}
  const passed = merges['rewrittenQuery'] === '' && plans.needsNoMerge(select)
  if (!passed && plans.featuresOf(select).some(feature => !known.has(feature))) throw tooOld()
  return made
}

const tooOld = (): ServiceError =>
  new ServiceError(
    400,
    'BadRequest',
    'Query contains 1 or more unsupported features. Upgrade your SDK to a version that does support the requested features.',
  )
