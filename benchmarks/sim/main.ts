// `npm run bench:sim -- --json`: what the embedded Azure costs, so that it never is what another
// benchmark measures. Point reads over TLS with every signature verified, its start, its memory.
// Each server is a process of its own; the client is this one.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { start } from './child.ts'
import { Client, concurrently } from './client.ts'

const concurrency = 64
const documents = 100_000
/** As JSON, what the service adds to it included. */
const documentBytes = 500
const rounds = 5
const startups = 5
const read = 1_000

const bounds = { rps: 6_000, startupMs: 1_000, memoryMb: 200 }

const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`)
}

const idOf = (nth: number) => `item-${String(nth).padStart(6, '0')}`

/** Its system properties take about 200 bytes. */
const documentOf = (nth: number): string => {
  const document = {
    id: idOf(nth),
    customer: `customer-${nth % 997}`,
    total: nth % 10_000,
    note: '',
  }
  const missing = documentBytes - 200 - JSON.stringify(document).length
  return JSON.stringify({ ...document, note: `${nth} `.repeat(missing).slice(0, missing) })
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const rounded = (value: number, digits = 0): number => Number(value.toFixed(digits))

/** Reads a second, in this many milliseconds. */
async function rate(client: Client, ms: number): Promise<number> {
  const from = performance.now()
  const done = await concurrently(
    concurrency,
    () => performance.now() - from >= ms,
    nth => client.read(idOf(nth % read)),
  )
  return (done / (performance.now() - from)) * 1_000
}

/** The two servers in turn, in one run: whatever else the machine does meets both. */
async function measureReads() {
  const sim = await start('sim')
  const simClient = new Client(sim.ready.endpoint, sim.ready.ca, sim.ready.key, concurrency)
  await simClient.createContainer()
  for (let nth = 0; nth < read; nth++) await simClient.create(idOf(nth), documentOf(nth))
  const document = await simClient.read(idOf(0))
  const bare = await start('bare', { document })
  const bareClient = new Client(bare.ready.endpoint, bare.ready.ca, sim.ready.key, concurrency)
  const rates = { sim: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    progress(round === 0 ? 'reads: warming up' : `reads: round ${round} of ${rounds}`)
    const [simRate, bareRate] = [await rate(simClient, 3_000), await rate(bareClient, 3_000)]
    if (round === 0) continue
    rates.sim.push(simRate)
    rates.bare.push(bareRate)
  }
  await Promise.all([simClient.close(), bareClient.close()])
  await Promise.all([sim.stop(), bare.stop()])
  return { rates, documentBytes: Buffer.byteLength(document) }
}

async function measureStartups() {
  const times = []
  for (let nth = 1; nth <= startups; nth++) {
    progress(`start ${nth} of ${startups}`)
    const sim = await start('sim')
    times.push(sim.ready)
    await sim.stop()
  }
  return {
    startupMs: rounded(median(times.map(({ sinceProcessMs }) => sinceProcessMs))),
    ofThatInStartMs: rounded(median(times.map(({ startMs }) => startMs))),
  }
}

/**
 * By default Node lets the space for young objects grow to over 100 MB under load, whatever runs in
 * it, because collecting less often is faster. With this it stays small; both are measured.
 */
const smallYoungSpace = '--max-semi-space-size=4'

async function measureMemory(flags: readonly string[] = []) {
  const sim = await start('sim', { flags })
  const empty = await sim.memory()
  const client = new Client(sim.ready.endpoint, sim.ready.ca, sim.ready.key, concurrency)
  await client.createContainer()
  let next = 0
  await concurrently(
    concurrency,
    () => next >= documents,
    () => {
      const nth = next++
      if (nth % 10_000 === 0)
        progress(`memory ${flags.join(' ')}: ${nth} of ${documents} documents`)
      return client.create(idOf(nth), documentOf(nth))
    },
  )
  // The last one is there, so all of them are held and not only counted.
  await client.read(idOf(documents - 1))
  const full = await sim.memory()
  await client.close()
  await sim.stop()
  const mb = (bytes: number) => rounded(bytes / 1e6)
  // The peak, not what is left after a collection: it is what a machine must have.
  return { emptyMb: mb(empty.rss), peakMb: mb(full.peak) }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean' } } })
  const startup = await measureStartups()
  const small = await measureMemory([smallYoungSpace])
  const byDefault = await measureMemory()
  const { rates, documentBytes: bytes } = await measureReads()
  const rps = rounded(median(rates.sim))
  const report = {
    rps,
    concurrency,
    rounds: rates.sim.map(each => rounded(each)),
    bareRps: rounded(median(rates.bare)),
    ofBare: rounded(median(rates.sim) / median(rates.bare), 2),
    ...startup,
    memoryMb: small.peakMb,
    memoryEmptyMb: small.emptyMb,
    memoryFlags: smallYoungSpace,
    memoryWithoutFlagsMb: byDefault.peakMb,
    documents,
    documentBytes: bytes,
    cores: cpus().length,
    met: {
      rps: rps >= bounds.rps,
      startupMs: startup.startupMs <= bounds.startupMs,
      memoryMb: small.peakMb <= bounds.memoryMb,
    },
  }
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : table(report))
  return Object.values(report.met).every(Boolean) ? 0 : 1
}

function table(report: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(report).map(
    ([name, value]) =>
      `${name.padEnd(22)} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  )
  return `${rows.join('\n')}\n`
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
