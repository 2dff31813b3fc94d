import type { VerbRequest } from '@keyturn/protocol'
import type { Command } from 'commander'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions } from '../operator-client.ts'
import { printStatus } from '../print-status.ts'

export interface Reasoned extends OperatorOptions {
  readonly reason: string
  readonly json?: boolean
}

export const withReason = (command: Command): Command =>
  command.requiredOption('--reason <text>', 'why: it goes into the journal')

/** An action that asks for the verb which the options come to. */
export const asks =
  <T extends object>(host: Host, request: (options: T) => VerbRequest) =>
  async (options: T & Reasoned): Promise<void> =>
    ask(host, options, request(options))

/** Asks for a verb, and shows the account as it is then. */
export const ask = async (host: Host, options: Reasoned, request: VerbRequest): Promise<void> => {
  const status = await new OperatorClient(options).verb(request)
  if (options.json) say(host, JSON.stringify(status))
  else printStatus(host, status)
}
