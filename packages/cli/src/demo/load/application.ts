import { EventEmitter, once } from 'node:events'
import type { Container, CosmosClient } from '@azure/cosmos'
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { sentenceOf } from '../../failure.ts'
import { type Connected, connect } from './connect.ts'
import type {
  ApplicationOptions,
  ApplicationResult,
  FromApplication,
  Progress,
  ToApplication,
} from './messages.ts'
import { containerName, databaseName } from './operations.ts'
import { Tally } from './tally.ts'
import { work } from './worker.ts'

/** How often the demo is told how things stand, in ms. */
const progressMs = 200
/** How long it may take to end once the demo is gone, in ms. */
const orphanMsMax = 5_000

/** One application process of the demo: starts on the first message, ends with its parent. */
const main = async (): Promise<void> => {
  const inbox = new EventEmitter()
  const stop = new AbortController()
  const tally = new Tally()
  process.on('message', (message: ToApplication) => {
    if (message.say === 'start') inbox.emit('start', message.options)
    if (message.say === 'go') inbox.emit('go')
    if (message.say === 'stage') tally.stage = message.stage
    if (message.say === 'stop') stop.abort()
  })
  process.on('disconnect', () => {
    stop.abort()
    inbox.emit('go')
    // Whatever an operation still waits for is gone with the demo.
    setTimeout(() => process.exit(1), orphanMsMax).unref()
  })
  const [options] = (await once(inbox, 'start')) as [ApplicationOptions]
  try {
    const connected = await connect(options)
    await firstRead(connected.client(), stop.signal)
    const go = once(inbox, 'go')
    tell({ say: 'ready' })
    await go
    const result = await runWorkers(options, connected, tally, stop.signal)
    await connected.close()
    await tell({ say: 'done', result })
  } catch (error) {
    await tell({ say: 'failed', sentence: sentenceOf(error) })
    process.exitCode = 1
  }
  if (process.connected) process.disconnect()
}

const runWorkers = async (
  options: ApplicationOptions,
  connected: Connected,
  tally: Tally,
  signal: AbortSignal,
): Promise<ApplicationResult> => {
  const progress = (): Progress => ({ ...tally.snapshot(), ...connected.status() })
  const timer = setInterval(() => tell({ say: 'progress', progress: progress() }), progressMs)
  const ran = await Promise.all(
    Array.from({ length: options.workers }, (_, index) =>
      work({
        name: `${options.name}.${index}`,
        container: () => containerOf(connected.client()),
        tally,
        signal,
        operationsMax: options.operationsMax?.[index],
        thinkMs: options.thinkMs,
      }),
    ),
  )
  clearInterval(timer)
  const { before, during, after } = tally.latencies
  return {
    ...progress(),
    failures: tally.failures,
    ran,
    latencies: {
      before: encodeIntoCompressedBase64(before),
      during: encodeIntoCompressedBase64(during),
      after: encodeIntoCompressedBase64(after),
    },
  }
}

/** How long an application waits for its first keyset, in ms. */
const firstKeysetMsMax = 30_000

/**
 * One read that has to work: whatever is wrong with the surroundings shows here. A sidecar serves
 * once the coordinator knows it; until then an operation fails within a second, by design, and an
 * application that is not ready yet asks again.
 */
const firstRead = async (client: CosmosClient, signal: AbortSignal): Promise<void> => {
  const until = performance.now() + firstKeysetMsMax
  for (;;) {
    try {
      await containerOf(client).read()
      return
    } catch (error) {
      const waits = (error as { code?: unknown } | null)?.code === 'KEYS_UNAVAILABLE'
      if (!waits || signal.aborted || performance.now() > until) throw error
    }
  }
}

const containerOf = (client: CosmosClient): Container =>
  client.database(databaseName).container(containerName)

/** Resolves once it is on its way: a process that ends at once would lose it. */
const tell = (message: FromApplication): Promise<void> =>
  new Promise(resolve => {
    if (process.connected && process.send) process.send(message, undefined, {}, () => resolve())
    else resolve()
  })

await main()
