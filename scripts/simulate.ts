// `npm run simulate -- --seeds 10000`: fleets through whole rotations in virtual time, in bad
// weather drawn from each seed. With --json one JSON object as the last line of standard output.
// `npm run simulate -- --seed 7 --trace` replays one seed and prints what happened, as sentences.
// `--seed 7 --only client-cut,key-leaked` draws from these kinds of strikes alone, thirty of them.
// Exit code 0: every promise was kept; 1: one was not; 2: an option was not understood.

import { parseArgs, styleText } from 'node:util'
import { simulateMany } from '../test/simulation/pool.ts'
import { type Result, simulate } from '../test/simulation/simulation.ts'
import { reasonOf, type Summary, type Tally } from '../test/simulation/summary.ts'

class BadInput extends Error {}

const wholeNumber = (name: string, given: string, least: number): number => {
  const number = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(number) && number >= least) return number
  throw new BadInput(`--${name} is ${given}: give a whole number of at least ${least}.`)
}

const read = (args: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string', default: '1000' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        only: { type: 'string' },
        trace: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    if (values.trace && values.seed === undefined) throw new BadInput('--trace goes with --seed.')
    if (values.only && values.seed === undefined) throw new BadInput('--only goes with --seed.')
    return {
      ...values,
      only: values.only?.split(','),
      seeds: wholeNumber('seeds', values.seeds, 1),
      from: wholeNumber('from', values.from, 0),
      seed: values.seed === undefined ? null : wholeNumber('seed', values.seed, 0),
    }
  } catch (error) {
    throw new BadInput(error instanceof Error ? error.message : 'The options were not understood.')
  }
}

function* counted(from: number, count: number): Generator<number> {
  for (let seed = from; seed < from + count; seed += 1) yield seed
}

const replay = (seed: number): string => `npm run simulate -- --seed ${seed} --trace`

const linesShown = 60

const printFailure = async ({ seed }: { readonly seed: number }): Promise<void> => {
  const result = await simulate({ seed, keep: linesShown })
  const tail = result.trace.slice(-linesShown)
  process.stderr.write(`\n${styleText('red', `seed ${seed}: ${reasonOf(result)}`)}\n`)
  process.stderr.write(`${tail.join('\n')}\n${replay(seed)}\n`)
}

/** A failing seed at once; on a terminal, a line that is written over. */
const progress = (total: number) => (result: Result, tally: Tally) => {
  const why = reasonOf(result)
  if (why !== null) process.stderr.write(`seed ${result.seed}: ${why}\n`)
  if (!process.stderr.isTTY || tally.seeds % 10 !== 0) return
  process.stderr.write(`\r${tally.seeds} of ${total} seeds, ${tally.failed} failing `)
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')

const print = (summary: Summary): void => {
  const { seeds, violations, unfinished, seconds, members, virtualHours, failing } = summary
  const kinds = Object.keys(summary.faults).length
  const strikes = Object.values(summary.faults).reduce((sum, count) => sum + count, 0)
  console.log(`${seeds} seeds, ${members.least} to ${members.most} members, in ${seconds} s`)
  console.log(`${strikes} faults of ${kinds} kinds in ${virtualHours} hours of virtual time`)
  console.log(`fleets ${listed(summary.sizes)}; turned ${listed(summary.turns)}`)
  console.log(`ended ${listed(summary.ended)}; ${summary.calm} calm days`)
  console.log(`${violations} seeds with a broken promise, ${unfinished} that did not end`)
  for (const { seed, why } of failing) console.log(`  seed ${seed}: ${why}`)
}

const many = async (from: number, count: number, json: boolean): Promise<number> => {
  const summary = await simulateMany({ seeds: counted(from, count), onResult: progress(count) })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  for (const failing of summary.failing.slice(0, 3)) await printFailure(failing)
  if (json) console.log(JSON.stringify(summary))
  else print(summary)
  return summary.failing.length === 0 ? 0 : 1
}

const one = async (seed: number, options: ReturnType<typeof read>): Promise<number> => {
  const keep = options.trace || options.verbose ? 1_000_000 : linesShown
  const result = await simulate({ seed, keep, isVerbose: options.verbose, only: options.only })
  const why = reasonOf(result)
  if (options.trace || options.verbose || why !== null) console.log(result.trace.join('\n'))
  const { trace: _, ...rest } = result
  if (options.json) console.log(JSON.stringify(rest))
  else console.log(why ?? `seed ${seed} kept every promise: ${result.ended}, hash ${result.hash}`)
  return why === null ? 0 : 1
}

const main = async (args: readonly string[]): Promise<number> => {
  const options = read(args)
  return options.seed === null
    ? many(options.from, options.seeds, options.json)
    : one(options.seed, options)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BadInput)) throw error
  process.stderr.write(`${styleText('red', error.message)}\n`)
  process.exitCode = 2
}
