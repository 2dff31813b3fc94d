import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountStatus } from '@keyturn/protocol'
import type { AzureByHand } from './azure.ts'
import { compare } from './compare.ts'
import { latencies } from './latency.ts'
import { Crew } from './load/crew.ts'
import type { ApplicationResult } from './load/messages.ts'
import { oldKeysRefused } from './old-keys.ts'
import {
  applicationNames,
  type DemoOptions,
  demoPace,
  memberNames,
  roughWeather,
  workerNames,
} from './options.ts'
import type { DemoReport } from './report.ts'
import { seedDocuments } from './seed-documents.ts'
import type { Coordinating, Stage } from './stage.ts'
import { untilEnded } from './until-ended.ts'
import type { View } from './view/view.ts'
import { regenerateCalls } from './witness.ts'

/** How often the coordinator is asked how things stand, in ms. */
const lookMs = 200

/** The main job: both keys of an account are turned under load. */
export const runKeyturn = async (
  options: DemoOptions,
  stage: Stage,
  view: View,
  signal: AbortSignal,
): Promise<DemoReport> => {
  const began = performance.now()
  const pace = options.pace ?? demoPace
  view.says('Starting an Azure, a coordinator, three sidecars and three applications …')
  const hand = await stage.azure(options.seed, options.faults)
  const old = await hand.keys()
  await seedDocuments(hand.azure.endpoint, old.primary, workerNames(pace.workers))
  const coordinating = await stage.coordinator(hand)
  await adopted(coordinating)
  const crew = await startCrew(stage, hand, coordinating, pace.workers)
  const results = crew.results()
  results.catch(() => undefined)
  if (options.faults) await hand.control('/weather', roughWeather)
  crew.go()

  const look = async (): Promise<AccountStatus> => {
    signal.throwIfAborted()
    const status = await coordinating.operators.status()
    view.shows({ seconds: secondsSince(began), status, crew: crew.progress })
    return status
  }
  await watch(look, pace.warmUpMs)
  crew.stage('before')
  await watch(look, pace.calmMs)
  crew.stage('during')
  await coordinating.operators.verb({ verb: 'rotate', reason: 'the demo' })
  const status = await untilEnded(look, {
    now: () => performance.now(),
    pause: () => sleep(lookMs),
  })
  crew.stage('after')
  await watch(look, pace.calmMs)
  crew.stop()
  const ended = await results
  view.says('Trying both old keys in every region …')
  const report = await reportOf({ options, hand, old, status, results: ended, began })
  if (!options.faults) return report
  view.says('The same operations again, with a static key and no rotation …')
  const compared = await compare({ options, results: ended, view, beside: stage })
  return { ...report, ...compared, seconds: secondsSince(began) }
}

const adopted = async ({ operators }: Coordinating): Promise<void> => {
  await operators.verb({ verb: 'adopt' })
  while (!(await operators.status()).published?.confirmed) await sleep(50)
}

const startCrew = async (
  stage: Stage,
  hand: AzureByHand,
  coordinating: Coordinating,
  workers: number,
): Promise<Crew> => {
  const children = await Promise.all(
    memberNames.map(async (member, index) => {
      const socket = await stage.sidecar(member, hand, coordinating)
      return stage.application(hand, {
        name: applicationNames[index] ?? member,
        endpoint: hand.azure.endpoint,
        keys: { is: 'keyturn', socket },
        workers,
      })
    }),
  )
  return new Crew(children)
}

const watch = async (look: () => Promise<unknown>, ms: number): Promise<void> => {
  const until = performance.now() + ms
  while (performance.now() < until) {
    await look()
    await sleep(lookMs)
  }
}

const reportOf = async ({
  options,
  hand,
  old,
  status,
  results,
  began,
}: {
  options: DemoOptions
  hand: AzureByHand
  old: Parameters<typeof oldKeysRefused>[1]
  status: AccountStatus
  results: readonly ApplicationResult[]
  began: number
}): Promise<DemoReport> => {
  const { rotation, published } = status
  const counted = count(results)
  return {
    mode: 'keyturn',
    seed: options.seed,
    faults: options.faults,
    ...counted,
    failedByRotation: counted.failed,
    rotation: {
      status: rotation?.status ?? 'none',
      phases: (rotation?.phases ?? [])
        .filter(({ name }) => name !== 'completed')
        .map(({ name, ms }) => ({ name, seconds: Math.round(ms / 10) / 100 })),
    },
    fingerprints: { before: rotation?.before ?? {}, after: published?.fingerprints ?? {} },
    oldKeysRefused: await oldKeysRefused(hand, old),
    regenerateCalls: await regenerateCalls(hand),
    latencyMs: latencies(results),
    comparison: null,
    seconds: secondsSince(began),
  }
}

const failuresShown = 20

/** The figures that every mode has. */
export const count = (results: readonly ApplicationResult[]) => {
  const failures = results.flatMap(result => result.failures)
  return {
    operations: sum(results.map(({ operations }) => operations)),
    byOperation: sumByName(results.map(result => result.byOperation)),
    failed: sum(results.map(({ failed }) => failed)),
    failed401: sumByName(results.map(({ failedByCode }) => failedByCode))['401'] ?? 0,
    healed401: sum(results.map(({ healed401 }) => healed401)),
    failures: failures.slice(0, failuresShown),
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)

const sumByName = (tables: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const all: Record<string, number> = {}
  for (const [name, times] of tables.flatMap(table => Object.entries(table))) {
    all[name] = (all[name] ?? 0) + times
  }
  return all
}

export const secondsSince = (began: number): number =>
  Math.round((performance.now() - began) / 100) / 10
