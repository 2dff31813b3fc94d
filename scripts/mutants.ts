// `npm run mutants -- --json --only WORD --states 100000 --seeds 60 --jobs 2`: whether the model has teeth.
// Each mutation of packages/core in test/mutants is applied to a copy; small worlds, then random
// schedules run over it until something is broken. Writes docs/proof.md where all of them ran.
// Exit code 0 only if each is caught, or is known to be stopped by something else and says so.

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs, styleText } from 'node:util'
import { mutants } from '../test/mutants/index.ts'
import { BadMutant, type Mutant } from '../test/mutants/mutant.ts'
import { proofOf } from '../test/mutants/proof.ts'
import { type Bounds, checkFits, type MutantResult, runMutant } from '../test/mutants/run-mutant.ts'

const proofPath = fileURLToPath(new URL('../docs/proof.md', import.meta.url))

class BadInput extends Error {}

const wholeNumber = (name: string, given: string): number => {
  if (/^\d+$/.test(given)) return Number(given)
  throw new BadInput(`--${name} is ${given}: give a whole number.`)
}

const print = ({ name, by, states, seeds, ms, what }: MutantResult): void => {
  const how = by === 'random' ? `${seeds} seeds` : `${states} states`
  const whom = by === null ? styleText('yellow', 'nobody') : by
  const seconds = `${(ms / 1000).toFixed(1)} s`
  console.log(
    `${whom.padEnd(14)} ${how.padStart(14)} ${seconds.padStart(8)}  ${name}${what ? `: ${what}` : ''}`,
  )
}

const isAnswered = (mutant: Mutant, { by }: MutantResult): boolean =>
  by !== null || mutant.uncaught !== undefined

/** So many at a time; the results in the order of the table. */
const runAll = async (
  chosen: readonly Mutant[],
  bounds: Bounds,
  jobs: number,
): Promise<readonly MutantResult[]> => {
  const results = new Map<Mutant, MutantResult>()
  const queue = [...chosen]
  const work = async (): Promise<void> => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const result = await runMutant(mutant, mutants, bounds)
      results.set(mutant, result)
      print(result)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, work))
  return chosen.flatMap(mutant => results.get(mutant) ?? [])
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      states: { type: 'string', default: '100000' },
      seeds: { type: 'string', default: '60' },
      jobs: { type: 'string', default: '2' },
    },
  })
  const bounds = {
    statesMax: wholeNumber('states', values.states),
    seedsMax: wholeNumber('seeds', values.seeds),
  }
  checkFits(mutants)
  const chosen = mutants.filter(({ name }) => name.includes(values.only))
  const results = await runAll(chosen, bounds, wholeNumber('jobs', values.jobs))
  const caught = results.filter(({ by }) => by !== null).length
  console.log(`\n${caught} of ${results.length} mutations caught`)
  if (values.only === '') writeFileSync(proofPath, proofOf(mutants, results))
  if (values.json) {
    const told = results.map(({ trace: _, ...result }) => result)
    console.log(JSON.stringify({ caught, mutants: told }))
  }
  const open = chosen.filter((mutant, index) => {
    const result = results[index]
    return result === undefined || !isAnswered(mutant, result)
  })
  for (const { name } of open) console.log(styleText('red', `nobody catches: ${name}`))
  return open.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof BadInput || error instanceof BadMutant)) throw error
  process.stderr.write(`${styleText('red', error.message)}\n`)
  process.exitCode = 2
}
