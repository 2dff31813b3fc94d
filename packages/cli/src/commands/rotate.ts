import type { VerbRequest } from '@keyturn/protocol'
import type { Command } from 'commander'
import type { Done, Host } from '../host.ts'
import { OperatorClient } from '../operator-client.ts'
import { ask, type Reasoned, withReason } from './ask.ts'
import { type Target, targetOf, withTarget } from './target.ts'
import { timeoutOption, type WatchOptions, watchToTheEnd } from './watch.ts'

type RotateOptions = Reasoned & Target & WatchOptions & { readonly watch?: boolean }

export const rotateCommand = (command: Command, host: Host, done: Done): Command =>
  withTarget(withReason(command))
    .option('--watch', 'follow it to its end; Ctrl-C leaves it running')
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Example:
  keyturn rotate --reason "quarterly turn" --watch
  keyturn rotate --slot secondary --reason "only the standby"
  keyturn rotate --read-only --reason "quarterly turn of the read-only pair"
  keyturn rotate --emergency primary --reason "found in a public log"`,
    )
    .action(async (options: RotateOptions) => {
      const request: VerbRequest = { verb: 'rotate', reason: options.reason, ...targetOf(options) }
      if (!options.watch) return ask(host, options, request)
      await new OperatorClient(options).verb(request)
      done(await watchToTheEnd(host, options))
    })
