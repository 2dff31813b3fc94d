import { randomInt } from 'node:crypto'
import { Command } from 'commander'
import type { DemoOptions } from '../demo/options.ts'
import { kept } from '../demo/report.ts'
import type { View } from '../demo/view/view.ts'
import { Interrupted } from '../failure.ts'
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
  // Loaded only now: the other commands need none of Microsoft's clients.
  const { Stage } = await import('../demo/stage.ts')
  const stage = new Stage(options.keep)
  const view = await viewFor(host, options)
  try {
    const { runKeyturn } = await import('../demo/run-keyturn.ts')
    const { runPlain } = await import('../demo/run-plain.ts')
    const run = options.withoutKeyturn ? runPlain : runKeyturn
    const report = await unlessInterrupted(run(options, stage, view, host.signal), host.signal)
    view.ends(report)
    if (options.json) say(host, JSON.stringify(report))
    return kept(report) ? 0 : 1
  } finally {
    await stage.strike()
  }
}

/** Whatever the run is waiting for: Ctrl-C ends it now. */
const unlessInterrupted = <T>(running: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const interrupted = () =>
      reject(new Interrupted(signal, 'Interrupted: the demo ended everything that it had started.'))
    if (signal.aborted) interrupted()
    signal.addEventListener('abort', interrupted, { once: true })
    // A child that the same Ctrl-C has ended is no failure of its own.
    running.then(resolve, error => (signal.aborted ? interrupted() : reject(error)))
  })

const viewFor = async (host: Host, { json }: DemoOptions): Promise<View> => {
  const { LineView } = await import('../demo/view/lines.ts')
  if (json) return new LineView(host.stderr)
  if (!host.stdout.isTTY) return new LineView(host.stdout)
  const { LiveView } = await import('../demo/view/live.ts')
  return new LiveView(host.stdout, host.env['NO_COLOR'] === undefined)
}
