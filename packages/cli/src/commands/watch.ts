import { Command, Option } from 'commander'
import type { Done, Host } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { isTerminal } from '../view/paint.ts'
import { parseSpan } from '../view/span.ts'
import type { WatchView } from '../watch/view.ts'

export interface WatchOptions extends OperatorOptions {
  readonly json?: boolean
  /** In ms. */
  readonly timeout?: number
}

export const watchCommand = (host: Host, done: Done): Command =>
  withOperatorOptions(new Command('watch'))
    .addOption(timeoutOption())
    .option('--read-only', 'the account’s read-only pair')
    .option('--json', 'print each event as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  keyturn watch --account orders\n  keyturn watch --timeout 2h',
    )
    .action(async (options: WatchOptions) => {
      done(await watchToTheEnd(host, options))
    })

export const timeoutOption = (): Option =>
  new Option('--timeout <span>', 'watch no longer than this, such as 90s, 30m or 2h').argParser(
    parseSpan,
  )

/** Watches with whatever view the host is good for. @returns the exit code */
export const watchToTheEnd = async (host: Host, options: WatchOptions): Promise<number> => {
  const client = new OperatorClient(options)
  const { watch } = await import('../watch/watch.ts')
  const { json, timeout: timeoutMs } = options
  const view = await viewFor(host, options)
  return watch(host, { client, view, now: () => performance.now(), timeoutMs, json })
}

const viewFor = async (host: Host, { json, account }: WatchOptions): Promise<WatchView> => {
  if (json) return new (await import('../watch/json-view.ts')).JsonView(host)
  if (isTerminal(host.stdout, host.env)) {
    const { LiveView } = await import('../watch/live-view.ts')
    return new LiveView(host, () => performance.now(), account)
  }
  const { LineView } = await import('../watch/line-view.ts')
  return new LineView(host, Date.now, account)
}
