// `npm run mutants -- --json --only WORD,WORD --jobs 2`: whether the proofs have teeth.
// Each mutation of packages/core in test/mutants is applied to a copy; small worlds or fleets at
// random run over it until something is broken. Writes docs/proof.md where all of them ran.
// Exit code 0 only if each of them is caught; 2: an option was not understood.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs, styleText } from 'node:util'
import type { Bounds } from '../test/mutants/hunt.ts'
import { mutants } from '../test/mutants/index.ts'
import { BadMutant, type Mutant } from '../test/mutants/mutant.ts'
import { proofOf } from '../test/mutants/proof.ts'
import { checkFits, type MutantResult, runMutant } from '../test/mutants/run-mutant.ts'

const proofPath = fileURLToPath(new URL('../docs/proof.md', import.meta.url))

class BadInput extends Error {}

const wholeNumber = (name: string, given: string): number => {
  if (/^[1-9]\d*$/.test(given)) return Number(given)
  throw new BadInput(`--${name} is ${given}: give a whole number from 1 on.`)
}

const print = ({ name, by, states, seeds, ms, what }: MutantResult, done: string): void => {
  const how = seeds > 0 ? `${seeds} seeds` : `${states} states`
  const whom = by === null ? styleText('red', 'nobody') : by
  const seconds = `${(ms / 1000).toFixed(1)} s`
  console.log(
    `${done.padStart(7)}  ${whom.padEnd(14)} ${how.padStart(14)} ${seconds.padStart(8)}  ${name}${what ? `: ${what}` : ''}`,
  )
}

/** A line that is written over, where somebody watches. */
const tell = (running: ReadonlySet<string>): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${[...running].join('   ')}\r`)
}

/** So many at a time; the results in the order of the table. */
const runAll = async (
  chosen: readonly Mutant[],
  bounds: Bounds,
  jobs: number,
): Promise<readonly MutantResult[]> => {
  const results = new Map<Mutant, MutantResult>()
  const running = new Set<string>()
  const queue = [...chosen]
  const work = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      running.add(mutant.name)
      tell(running)
      const result = await runMutant(mutant, mutants, bounds)
      running.delete(mutant.name)
      results.set(mutant, result)
      print(result, `${results.size}/${chosen.length}`)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return chosen.flatMap(mutant => results.get(mutant) ?? [])
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      states: { type: 'string', default: '200000' },
      seeds: { type: 'string', default: '200' },
      jobs: { type: 'string', default: '2' },
    },
  })
  const bounds = {
    statesMax: wholeNumber('states', values.states),
    seedsMax: wholeNumber('seeds', values.seeds),
  }
  checkFits(mutants)
  const words = values.only.split(',').map(word => word.trim())
  const chosen = mutants.filter(({ name }) => words.some(word => name.includes(word)))
  if (chosen.length === 0) throw new BadInput(`No mutation has "${values.only}" in its name.`)
  const start = performance.now()
  const results = await runAll(chosen, bounds, wholeNumber('jobs', values.jobs))
  const seconds = Math.round((performance.now() - start) / 1000)
  const open = results.filter(({ by }) => by === null)
  const caught = results.length - open.length
  console.log(`\n${caught} of ${results.length} mutations caught in ${seconds} s`)
  for (const { name } of open) console.log(styleText('red', `nobody catches: ${name}`))
  if (values.only === '') writeFileSync(proofPath, proofOf(results))
  if (values.json) console.log(JSON.stringify({ seconds, mutants: results.map(told) }))
  return open.length === 0 ? 0 : 1
}

/** `by` says which world, or which random schedules, caught it. */
const told = ({ trace: _, by, ...rest }: MutantResult) => ({ caught: by !== null, by, ...rest })

try {
  process.exitCode = await main()
} catch (error) {
  const isOurs =
    error instanceof BadInput ||
    error instanceof BadMutant ||
    (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
  if (!isOurs) throw error
  process.stderr.write(`${styleText('red', (error as Error).message)}\n`)
  process.exitCode = 2
}
