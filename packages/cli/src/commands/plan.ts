import type { DryRunAnswer } from '@keyturn/protocol'
import { Command } from 'commander'
import { type Host, say } from '../host.ts'
import { OperatorClient, type OperatorOptions, withOperatorOptions } from '../operator-client.ts'
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
  for (const { phase, does, approval, estimateMs: ms, basis } of steps) {
    const from = basis === 'history' ? 'median of earlier rotations' : 'by the limits'
    const word = approval ? '  (waits for an approval)' : ''
    say(host, `  ${phase.padEnd(21)} ${spoken(ms).padStart(9)}, ${from}  ${does}${word}`)
  }
  if (steps.length > 0) say(host, `  altogether about ${spoken(estimateMs)}`)
  for (const { code, sentence } of blockers) say(host, `  blocked now: ${code}: ${sentence}`)
  for (const question of asks) say(host, `  asks: ${question}`)
}

const spoken = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
