import { randomInt } from 'node:crypto'
import { Command } from 'commander'
import type { DemoOptions } from '../demo/options.ts'
import { kept } from '../demo/report.ts'
import { Stage } from '../demo/stage.ts'
import { LineView } from '../demo/view/lines.ts'
import { LiveView } from '../demo/view/live.ts'
import type { View } from '../demo/view/view.ts'
import { type Host, say } from '../host.ts'
import { parseSeed } from './azure-sim.ts'

interface Options {
  readonly json?: boolean
  readonly seed?: number
  readonly faults?: boolean
  readonly withoutKeyturn?: boolean
  readonly keep?: string
}

export const demoCommand = (host: Host, done: (code: number) => void): Command =>
  new Command('demo')
    .description('turn both keys of an account under load, with an Azure of its own')
    .option('--json', 'the last line on standard output is one JSON object')
    .option('--seed <number>', 'draws all weather; printed where it is not given', parseSeed)
    .option('--faults', 'rough weather: regional gaps, throttling, resets, a slow vault')
    .option('--without-keyturn', 'the same load with plain clients and keys turned by hand')
    .option('--keep <directory>', 'keep logs, journal and state there')
    .addHelpText('after', '\nExample:\n  npm start -- --seed 7 --faults')
    .action(async (options: Options) => {
      const asked: DemoOptions = {
        seed: options.seed ?? randomInt(1_000_000),
        json: options.json ?? false,
        faults: options.faults ?? false,
        withoutKeyturn: options.withoutKeyturn ?? false,
        keep: options.keep ?? null,
      }
      done(await demo(host, asked))
    })

const demo = async (host: Host, options: DemoOptions): Promise<number> => {
  const stage = new Stage(options.keep)
  const view = viewFor(host, options)
  try {
    // Loaded only now: the other commands need none of Microsoft's clients.
    const { runKeyturn } = await import('../demo/run-keyturn.ts')
    const { runPlain } = await import('../demo/run-plain.ts')
    const run = options.withoutKeyturn ? runPlain : runKeyturn
    const report = await run(options, stage, view, host.signal)
    view.ends(report)
    if (options.json) say(host, JSON.stringify(report))
    return kept(report) ? 0 : 1
  } finally {
    await stage.strike()
  }
}

const viewFor = (host: Host, { json }: DemoOptions): View => {
  if (json) return new LineView(host.stderr)
  const colour = host.env['NO_COLOR'] === undefined
  return host.stdout.isTTY ? new LiveView(host.stdout, colour) : new LineView(host.stdout)
}
