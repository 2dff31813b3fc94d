import { setTimeout as sleep } from 'node:timers/promises'
import { Crew } from './load/crew.ts'
import type { ApplicationResult } from './load/messages.ts'
import {
  applicationNames,
  type DemoOptions,
  demoPace,
  plainSecret,
  roughWeather,
  workerNames,
} from './options.ts'
import type { Comparison } from './report.ts'
import { seedDocuments } from './seed-documents.ts'
import type { Stage } from './stage.ts'
import type { View } from './view/view.ts'

/**
 * Runs the same operations again, each worker as many as before, against a new Azure of the same
 * seed, with Microsoft's own client, one key and no rotation. Weather strikes operations by name,
 * so an operation that fails in both runs did not fail because of the rotation.
 */
export const compare = async ({
  options,
  results,
  view,
  beside,
}: {
  options: DemoOptions
  beside: Stage
  results: readonly ApplicationResult[]
  view: View
}): Promise<{ failedByRotation: number; comparison: Comparison }> => {
  const stage = beside.beside('comparison')
  const { workers } = options.pace ?? demoPace
  try {
    const hand = await stage.azure(options.seed, options.faults)
    const { primary } = await hand.keys()
    await seedDocuments(hand.azure.endpoint, primary, workerNames(workers))
    await hand.setSecret(plainSecret, primary)
    const children = await Promise.all(
      applicationNames.map((name, index) =>
        stage.application(hand, {
          name,
          endpoint: hand.azure.endpoint,
          keys: { is: 'plain', vaultUrl: hand.azure.vaultUrl, secret: plainSecret, pollMs: null },
          workers,
          operationsMax: results[index]?.ran,
        }),
      ),
    )
    const crew = new Crew(children)
    await hand.control('/weather', roughWeather)
    const ending = crew.results()
    crew.go()
    const static_ = await showing(ending, crew, view)
    return judge(results, static_)
  } finally {
    await stage.strike()
  }
}

const showing = async (
  ending: Promise<readonly ApplicationResult[]>,
  crew: Crew,
  view: View,
): Promise<readonly ApplicationResult[]> => {
  const ended = ending.then(() => true)
  for (;;) {
    if (await Promise.race([ended, sleep(1_000).then(() => false)])) return ending
    view.says(`… ${crew.progress.operations} operations`)
  }
}

/** What failed in which run. */
export const judge = (
  rotated: readonly ApplicationResult[],
  unrotated: readonly ApplicationResult[],
): { failedByRotation: number; comparison: Comparison } => {
  const namesOf = (results: readonly ApplicationResult[]) =>
    new Set(results.flatMap(({ failures }) => failures.map(({ id, code }) => `${id} ${code}`)))
  const with_ = namesOf(rotated)
  const without = namesOf(unrotated)
  const alike = [...with_].filter(name => without.has(name)).length
  // What was counted but not told one by one cannot be compared: it counts against the rotation.
  const failed = rotated.reduce((all, result) => all + result.failed, 0)
  return {
    failedByRotation: failed - alike,
    comparison: {
      operations: unrotated.reduce((sum, { operations }) => sum + operations, 0),
      failed: without.size,
      alike,
      onlyWithout: without.size - alike,
    },
  }
}
