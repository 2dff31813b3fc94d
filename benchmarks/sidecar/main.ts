// `npm run bench:sidecar -- --json`: how fast a new key arrives, and what the sidecar costs, with the
// command as it is installed. `--only file-swap` measures one part; `--write` puts the figures of a
// whole run into docs/performance.md. Exit code 1 where a target was missed.

import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { stopAll } from '../client/channel.ts'
import { writePart } from '../client/page.ts'
import { judged, reportOf } from './report.ts'
import { isSection, measureAll, type SectionName, sections } from './sections.ts'
import { table } from './table.ts'

const began = performance.now()

const progress = (text: string): void => {
  const seconds = Math.round((performance.now() - began) / 1_000)
  process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`)
}

/** What is measured is what would be installed. */
const build = (): void => {
  const script = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 2] })
  if (status !== 0) throw new Error('The packages could not be built: run `npm run build`.')
}

const sectionsAsked = (only: readonly string[] | undefined): readonly SectionName[] => {
  const names = Object.keys(sections).filter(isSection)
  const unknown = only?.find(name => !isSection(name))
  if (unknown !== undefined) {
    throw new Error(`There is no part "${unknown}". Parts are ${names.join(', ')}.`)
  }
  return only?.filter(isSection) ?? names
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      write: { type: 'boolean' },
    },
  })
  const names = sectionsAsked(values.only)
  progress('building what is measured …')
  build()
  const figures = await measureAll(names, progress)
  const met = judged(figures)
  process.stdout.write(`${table(figures)}\n`)
  if (values.write && values.only === undefined) {
    const machine = `Node ${process.version}, ${cpus().length} cores.`
    writePart('measured sidecar', `${machine}\n\n${table(figures)}`)
  }
  const report = { ...reportOf(figures), met, node: process.version, cores: cpus().length }
  const detail = { bounds: figures, seconds: Math.round((performance.now() - began) / 1_000) }
  const last = values.json ? { ...report, ...detail } : met
  process.stdout.write(`${JSON.stringify(last)}\n`)
  return Object.values(met).every(Boolean) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
} finally {
  await stopAll()
}
