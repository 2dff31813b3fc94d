// The measured part of docs/performance.md: nobody copies a figure by hand.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { allCases, caseTitle, type Variant } from './cases.ts'
import type { DeathReport } from './extras.ts'
import type { EngineFigures, HotFunction } from './hot-functions.ts'
import type { MemoryFigures } from './memory.ts'
import type { CaseFigures } from './rounds.ts'
import { table } from './table.ts'

/** What is measured beside the table. */
export interface Extras {
  readonly keyDeath: DeathReport
  readonly memory: Readonly<Record<Variant, MemoryFigures>>
  readonly engine: EngineFigures
  readonly hotFunctions: readonly HotFunction[]
}

export interface Report {
  readonly cases: readonly CaseFigures[]
  readonly extras: Extras | null
  readonly node: string
  readonly cores: number
}

const page = new URL('../../docs/performance.md', import.meta.url)
const kept = new URL('figures.json', import.meta.url)
/** The part that this benchmark writes. */
const ownPart = 'measured'

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`
const ms = (value: number): string => `${value.toFixed(0)} ms`

const deathText = (death: DeathReport): string =>
  `A key dies under ${death.inFlight} operations in flight: ${death.failed} fail, ` +
  `${death.refused} of their attempts are refused, and ${death.refusedAccountReads} account read ` +
  `that proves it; the source is asked ${death.refreshes} times. ` +
  `An operation took ${ms(death.medianBeforeMs)} in that load before (median); the first one ` +
  `answered under the other key took ${ms(death.firstAfterMs)}, the slowest ${ms(death.worstAfterMs)}.`

const memoryText = (memory: Extras['memory']): string => {
  const row = (name: Variant): string =>
    `| ${name} | ${kb(memory[name].madeBytes)} | ${kb(memory[name].usedBytes)} |`
  return [
    '| memory per client | made | after one read |',
    '| --- | --: | --: |',
    row('plain'),
    row('tuned'),
    row('keyturn'),
  ].join('\n')
}

const engineText = (engine: EngineFigures): string =>
  `The engine adds ${engine.attemptMicros} µs to a network attempt: ${engine.signingMicros} µs ` +
  `for the HMAC, ${engine.meteringAndChoosingMicros} µs to choose a key and count its use.`

const functionsText = (functions: readonly HotFunction[]): string =>
  [
    '| function | ns (median) |',
    '| --- | --: |',
    ...functions.map(({ name, nanos }) => `| ${name} | ${nanos} |`),
  ].join('\n')

/** The page's measured part, in Markdown. */
export const measuredPart = ({ cases, extras, node, cores }: Report): string =>
  [
    `Node ${node}, ${cores} cores.`,
    table(cases),
    ...(extras === null
      ? []
      : [
          deathText(extras.keyDeath),
          memoryText(extras.memory),
          engineText(extras.engine),
          functionsText(extras.hotFunctions),
        ]),
  ].join('\n\n')

/** What was measured before, with what was measured now in its place: a run may be done in parts. */
export const merged = (before: Report | null, now: Report): Report => {
  const known = new Map(
    [...(before?.cases ?? []), ...now.cases].map(each => [caseTitle(each), each]),
  )
  const cases = allCases.flatMap(each => known.get(caseTitle(each)) ?? [])
  return { ...now, cases, extras: now.extras ?? before?.extras ?? null }
}

/** @throws Error where the text has no place for it. */
export const withMeasured = (text: string, measured: string, part = ownPart): string => {
  const [begin, end] = [`<!-- ${part}: begin -->`, `<!-- ${part}: end -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) {
    throw new Error(`docs/performance.md has lost its markers "${begin}" and "${end}".`)
  }
  return `${text.slice(0, from + begin.length)}\n\n${measured}\n\n${text.slice(to)}`
}

/** Puts Markdown between the page's two markers of this name. */
export const writePart = (part: string, measured: string): void =>
  writeFileSync(page, withMeasured(readFileSync(page, 'utf8'), measured, part))

/** Keeps the figures, and writes all that are kept into the page. */
export const writePage = (now: Report): void => {
  const before: Report | null = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : null
  const report = merged(before, now)
  writeFileSync(kept, `${JSON.stringify(report, null, 2)}\n`)
  writePart(ownPart, measuredPart(report))
}
