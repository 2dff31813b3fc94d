import type { DryRunAnswer } from '@keyturn/protocol'
import { Command } from 'commander'
import { columnsOf, type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
import { hanging } from '../view/words.ts'
import { type Target, targetOf, withTarget } from './target.ts'

export const planCommand = (host: Host): Command =>
  withTarget(withOperatorOptions(new Command('plan')))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  keyturn plan --account orders --slot secondary')
    .action(async (options: OperatorOptions & Target & { json?: boolean }) => {
      const plan = await new OperatorClient(options).plan(targetOf(options))
      if (options.json) say(host, JSON.stringify(plan))
      else printPlan(host, plan)
    })

const printPlan = (
  host: Host,
  { steps, turns, estimateMs, blockers, asks }: DryRunAnswer,
): void => {
  if (turns.length > 0) say(host, `would regenerate: ${turns.join(', then ')}; nothing was changed`)
  const columns = columnsOf(host)
  const told = steps.map(({ phase, does, approval, estimateMs: ms, basis }) => {
    const from = basis === 'history' ? 'median of earlier rotations' : 'by the limits'
    const word = approval ? '  (waits for an approval)' : ''
    return { head: `  ${phase.padEnd(21)} ${spoken(ms).padStart(9)}, ${from}`, does: does + word }
  })
  const isWide = told.every(({ head, does }) => head.length + 2 + does.length <= columns)
  for (const { head, does } of told) {
    const lines = isWide ? [`${head}  ${does}`] : [head, ...hanging('    ', does, columns)]
    for (const line of lines) say(host, line)
  }
  if (steps.length > 0) say(host, `  altogether about ${spoken(estimateMs)}`)
  const last = [
    ...blockers.flatMap(({ code, sentence }) =>
      hanging('  blocked now: ', `${code}: ${sentence}`, columns),
    ),
    ...asks.flatMap(question => hanging('  asks: ', question, columns)),
  ]
  for (const line of last) say(host, line)
}

const spoken = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
