// `npm run model -- --json --world NAME --smoke`: every reachable state of the small worlds in
// test/model, over the decisions, gates and rules that run in production. A table, with --json one
// JSON object as the last line. Exit code 0 only if every world was explored to its end, no
// invariant is broken, from every state an end is reached without a further fault, and (where all
// worlds ran) every two faults met on some path.

import { parseArgs, styleText } from 'node:util'
import { type Progress, runAll } from '../test/model/run-all.ts'
import type { WorldResult } from '../test/model/run-world.ts'
import { type Verdict, verdictOf } from '../test/model/verdict.ts'
import { faultNames } from '../test/model/world/faults.ts'
import { longest, smokeWorlds, worlds } from '../test/model/worlds.ts'

class BadInput extends Error {}

const chosen = (name: string | undefined, smoke: boolean) => {
  if (name === undefined) return smoke ? smokeWorlds : worlds
  const found = worlds.filter(world => world.name === name)
  if (found.length > 0) return found
  throw new BadInput(
    `There is no world ${name}: choose one of ${worlds.map(world => world.name).join(', ')}.`,
  )
}

/** A line that is written over, where somebody watches. */
const progressLine = () => {
  let last = 0
  return (running: readonly Progress[]): void => {
    if (!process.stderr.isTTY || Date.now() - last < 2_000) return
    last = Date.now()
    const text = running
      .map(({ name, states, depth }) => `${name}: ${states} states, depth ${depth}`)
      .join('   ')
    process.stderr.write(`\r\u001b[2K${text}`)
  }
}

const printWorld = ({ name, states, depth, complete, faults, ms, about }: WorldResult): void => {
  const seconds = `${(ms / 1000).toFixed(1)} s`
  const seen = complete ? '' : styleText('red', ' INCOMPLETE')
  console.log(
    `${name.padEnd(14)}${String(states).padStart(9)} states  depth ${String(depth).padStart(3)}  ` +
      `${String(faults.length).padStart(2)} faults  ${seconds.padStart(8)}  ${about}${seen}`,
  )
}

const printFindings = ({ name, broken, stuck, firstStuck }: WorldResult): void => {
  const findings = [
    ...broken,
    ...(firstStuck ? [{ ...firstStuck, what: `${stuck} states: ${firstStuck.what}` }] : []),
  ]
  for (const { what, trace } of findings) {
    console.log(`\n${styleText('red', `${name}: ${what}`)}`)
    for (const [index, sentence] of trace.entries()) {
      console.log(`  ${String(index + 1).padStart(3)}. ${sentence}`)
    }
  }
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      world: { type: 'string' },
    },
  })
  const specs = chosen(values.world, values.smoke)
  const results = await runAll(specs, 2, longest, progressLine(), result => {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
    printWorld(result)
  })
  for (const result of results) printFindings(result)
  const { pairsMissing, ...verdict } = verdictOf(results, faultNames)
  const isAll = specs.length === worlds.length
  printVerdict(verdict, pairsMissing, isAll)
  if (values.json) console.log(JSON.stringify(verdict))
  const isCovered = !isAll || pairsMissing.length === 0
  return verdict.complete && verdict.violations === 0 && isCovered ? 0 : 1
}

const printVerdict = (verdict: Verdict, missing: readonly string[], isAll: boolean): void => {
  const { states, violations, faultsCovered, faults, faultPairsCovered, faultPairs } = verdict
  console.log(
    `\n${states} states, ${violations} violations; ${faultsCovered} of ${faults} faults and ` +
      `${faultPairsCovered} of ${faultPairs} pairs of faults occurred`,
  )
  if (isAll && missing.length > 0) console.log(`Pairs that no path met: ${missing.join(', ')}`)
  if (!verdict.complete) console.log('A world was not explored to its end: see INCOMPLETE above.')
}

try {
  process.exitCode = await main()
} catch (error) {
  const isOurs =
    error instanceof BadInput ||
    (error as { code?: unknown }).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
  if (!isOurs) throw error
  process.stderr.write(`${styleText('red', (error as Error).message)}\n`)
  process.exitCode = 2
}
