import { setTimeout as sleep } from 'node:timers/promises'
import { fingerprintOfKey } from '@keyturn/keyring'
import type { AzureByHand, KeyValues } from './azure.ts'
import { latencies } from './latency.ts'
import { Crew } from './load/crew.ts'
import { oldKeysRefused } from './old-keys.ts'
import {
  applicationNames,
  calmMs,
  type DemoOptions,
  plainSecret,
  roughWeather,
  warmUpMs,
  workerNames,
  workersPerApplication,
} from './options.ts'
import type { DemoReport } from './report.ts'
import { count, secondsSince } from './run-keyturn.ts'
import { seedDocuments } from './seed-documents.ts'
import type { Stage } from './stage.ts'
import type { View } from './view/view.ts'
import { regenerateCalls } from './witness.ts'

/**
 * How each application comes by a new key: one asks the vault often, one as the Secrets Store CSI
 * driver does (every 2 minutes; here 15 s), one read it when it started, as the SDK's samples do.
 */
const pollMs: readonly (number | null)[] = [2_000, 15_000, null]

/** How long the operator gives the applications to take the new key: a demo's "wait a while". */
const patienceMs = 6_000

/**
 * The picture before Keyturn: Azure's article followed by hand. Regenerate the idle key, see
 * that it works, give it to the applications, regenerate the other one.
 *
 * https://learn.microsoft.com/azure/cosmos-db/how-to-rotate-keys
 */
export const runPlain = async (
  options: DemoOptions,
  stage: Stage,
  view: View,
  signal: AbortSignal,
): Promise<DemoReport> => {
  const began = performance.now()
  view.says('Starting an Azure and three applications with Microsoft’s own client …')
  const hand = await stage.azure(options.seed, options.faults)
  const old = await hand.keys()
  await seedDocuments(hand.azure.endpoint, old.primary, workerNames())
  await hand.setSecret(plainSecret, old.primary)
  const crew = await startCrew(stage, hand)
  const results = crew.results()
  results.catch(() => undefined)
  if (options.faults) await hand.control('/weather', roughWeather)
  crew.go()
  const phases: { name: string; seconds: number }[] = []
  const phase = async (name: string, work: () => Promise<unknown>) => {
    const since = performance.now()
    view.says(`${name} …`)
    const shown = setInterval(() => view.counts(secondsSince(began), crew.progress), 1_000)
    try {
      await work()
    } finally {
      clearInterval(shown)
    }
    signal.throwIfAborted()
    phases.push({ name, seconds: secondsSince(since) })
  }
  await phase('warming up', () => sleep(warmUpMs))
  crew.stage('before')
  await phase('load before', () => sleep(calmMs))
  crew.stage('during')
  await phase('regenerating the secondary key', () => hand.regenerate('secondary'))
  const middle = await hand.keys()
  await phase('trying the secondary key', () => untilAccepted(hand, middle.secondary))
  await phase('giving it to the applications', async () => {
    await hand.setSecret(plainSecret, middle.secondary)
    await sleep(patienceMs)
  })
  await phase('regenerating the primary key', () => hand.regenerate('primary'))
  crew.stage('after')
  await phase('load after', () => sleep(calmMs))
  crew.stop()
  const ended = await results
  const now = await hand.keys()
  const counted = count(ended)
  return {
    mode: 'without-keyturn',
    seed: options.seed,
    faults: options.faults,
    ...counted,
    failedByRotation: counted.failed401,
    rotation: { status: 'by hand', phases },
    fingerprints: { before: named(old), after: named(now) },
    oldKeysRefused: await oldKeysRefused(hand, old),
    regenerateCalls: await regenerateCalls(hand),
    latencyMs: latencies(ended),
    comparison: null,
    seconds: secondsSince(began),
  }
}

const startCrew = async (stage: Stage, hand: AzureByHand): Promise<Crew> => {
  const { endpoint, vaultUrl } = hand.azure
  const children = await Promise.all(
    applicationNames.map((name, index) =>
      stage.application(hand, {
        name,
        endpoint,
        keys: { is: 'plain', vaultUrl, secret: plainSecret, pollMs: pollMs[index] ?? null },
        workers: workersPerApplication,
      }),
    ),
  )
  return new Crew(children)
}

const untilAccepted = async (hand: AzureByHand, key: string): Promise<void> => {
  while (!(await hand.accepts(hand.azure.endpoint, key))) await sleep(250)
}

const named = ({ primary, secondary }: KeyValues) => ({
  primary: fingerprintOfKey(primary),
  secondary: fingerprintOfKey(secondary),
})
