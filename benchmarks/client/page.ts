// The measured part of docs/performance.md: nobody copies a figure by hand.

import { readFileSync, writeFileSync } from 'node:fs'
import type { Variant } from './cases.ts'
import type { DeathReport } from './extras.ts'
import type { EngineFigures, HotFunction } from './hot-functions.ts'
import type { MemoryFigures } from './memory.ts'
import type { CaseFigures } from './rounds.ts'
import { table } from './table.ts'

export interface Report {
  readonly cases: readonly CaseFigures[]
  readonly keyDeath: DeathReport
  readonly memory: Readonly<Record<Variant, MemoryFigures>>
  readonly engine: EngineFigures
  readonly hotFunctions: readonly HotFunction[]
  readonly node: string
  readonly cores: number
}

const page = new URL('../../docs/performance.md', import.meta.url)
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

const memoryText = (memory: Report['memory']): string => {
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
export const measuredPart = (report: Report): string =>
  [
    `Node ${report.node}, ${report.cores} cores.`,
    table(report.cases),
    deathText(report.keyDeath),
    memoryText(report.memory),
    engineText(report.engine),
    functionsText(report.hotFunctions),
  ].join('\n\n')

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

export const writePage = (report: Report): void => writePart(ownPart, measuredPart(report))
