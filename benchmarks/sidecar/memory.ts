// What a sidecar takes: beside a process that only imports the same libraries, after an hour's worth
// of work with a hundred clients.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KeysetDocument } from '@keyturn/protocol'
import { Child } from '../client/channel.ts'
import type { CrewOrder } from './crew.ts'
import { firstKeyset, rotation } from './keysets.ts'
import { Measured } from './measured.ts'
import { type Feed, onStage, type Stage } from './stage.ts'

export interface MemoryFigures {
  readonly source: string
  /** Libraries that our code imports with this source, and what a process takes that imports them. */
  readonly libraries: readonly string[]
  readonly importBaselineMb: number
  /** Joined, with its first keyset and no client yet. */
  readonly startedMb: number
}

export interface WorkedFigures extends MemoryFigures {
  /** After an hour's worth of work. */
  readonly rssMb: number
}

/** What comes to a sidecar in an hour. */
export const hour = {
  clients: 100,
  /** Each client says once in 3 s what it uses. */
  samples: 100 * 1_200,
  /** Prometheus once in 15 s. */
  scrapes: 240,
  /** The kubelet, both of its questions once in 10 s. */
  checks: 720,
  /** Twice as many keysets as two rotations of both keys publish. */
  rotations: 4,
  /** The vault is asked once in 30 s. */
  looks: 120,
} as const

const repository = fileURLToPath(new URL('../..', import.meta.url))
const libraries = fileURLToPath(new URL('libraries.js', import.meta.url))
const megabyte = 1_000_000

export const mb = (bytes: number): number => Math.round(bytes / (megabyte / 10)) / 10

type Crew = Child<'ready', CrewOrder, unknown>

/** The libraries that a sidecar with this feed has imported once it serves. */
const librariesOf = (feedOf: (stage: Stage) => Promise<Feed>): Promise<readonly string[]> =>
  onStage(async stage => {
    const feed = await feedOf(stage)
    const list = join(stage.folder, 'libraries.json')
    const { announcer } = await serving(stage, {
      ...feed,
      env: { ...feed.env, KEYTURN_LIBRARIES: list },
      preload: ['--import', libraries],
    })
    await announcer.until(({ held }) => held !== null)
    return JSON.parse(readFileSync(list, 'utf8'))
  })

const importing = async (names: readonly string[]): Promise<number> => {
  const lines = names.map(name => `await import(${JSON.stringify(name)})`)
  const code = [...lines, "console.log('imported')", 'setInterval(() => {}, 60_000)'].join('\n')
  const baseline = new Measured(['--input-type=module', '--eval', code], {}, repository)
  try {
    await baseline.printed('imported')
    return (await baseline.cost()).rss
  } finally {
    await baseline.stop()
  }
}

export type Serving = Awaited<ReturnType<typeof serving>>

/** A sidecar that has joined and holds its first keyset. */
export const serving = async (stage: Stage, feed: Feed) => {
  const cosmos = await stage.cosmos()
  const first = firstKeyset(cosmos.endpoint)
  cosmos.accept(first)
  await feed.put(first)
  const announcer = await stage.announcer()
  const place = await stage.sidecar(feed, announcer)
  await announcer.until(({ held }) => held !== null)
  return { cosmos, announcer, first, feed, ...place }
}

/** Until every client holds it, its keys are tried, and the coordinator has been told so. */
export const swapTo = async (
  keyset: KeysetDocument,
  { cosmos, feed, announcer }: Pick<Serving, 'cosmos' | 'feed' | 'announcer'>,
): Promise<void> => {
  cosmos.accept(keyset)
  await feed.put(keyset)
  announcer.announce(keyset.version)
  await announcer.until(({ acknowledged }) => acknowledged?.version === keyset.version)
}

/** An hour's worth, as fast as it goes: more of it is alive at once than in an hour. */
const work = async (
  place: Serving,
  crew: Crew,
  progress: (text: string) => void,
): Promise<void> => {
  const { socket } = place
  let keyset = place.first
  const share = (count: number): number => Math.ceil(count / hour.rotations)
  for (let nth = 0; nth < hour.rotations; nth++) {
    for (const next of rotation(keyset)) {
      await swapTo(next, place)
      keyset = next
    }
    await crew.ask({ do: 'samples', socket, count: share(hour.samples) })
    await crew.ask({ do: 'ask', socket, path: '/metrics', count: share(hour.scrapes) })
    await crew.ask({ do: 'ask', socket, path: '/healthz', count: share(hour.checks) })
    await crew.ask({ do: 'refresh', socket, count: share(hour.looks) })
    progress(`an hour's worth of work: ${nth + 1} of ${hour.rotations} quarters`)
  }
}

type FeedOn = (stage: Stage) => Promise<Feed>

const vaultOn: FeedOn = stage => stage.vault()
const filesOn: FeedOn = async stage => stage.feedOf(stage.mount())

const baselineFor = async (feedOn: FeedOn) => {
  const names = await librariesOf(feedOn)
  return { libraries: names, importBaselineMb: mb(await importing(names)) }
}

/** With a mounted directory, which needs neither Key Vault nor an identity. */
export const measureFilesMemory = async (): Promise<MemoryFigures> => ({
  source: 'files',
  ...(await baselineFor(filesOn)),
  startedMb: await onStage(async stage => {
    const { process } = await serving(stage, await filesOn(stage))
    return mb((await process.cost()).rss)
  }),
})

/** With Key Vault, the most that a configuration loads. */
export const measureVaultMemory = async (
  progress: (text: string) => void,
): Promise<WorkedFigures> => {
  const baseline = await baselineFor(vaultOn)
  return onStage(async stage => {
    const place = await serving(stage, await vaultOn(stage))
    const started = await place.process.cost()
    const crew: Crew = stage.keep(await Child.start('../sidecar/crew.ts'))
    await crew.ask({ do: 'attach', socket: place.socket, clients: hour.clients })
    await work(place, crew, progress)
    const { rss } = await place.process.cost()
    return { source: 'vault', ...baseline, startedMb: mb(started.rss), rssMb: mb(rss) }
  })
}
