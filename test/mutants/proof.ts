import type { Mutant } from './mutant.ts'
import type { MutantResult } from './run-mutant.ts'

const introduction = `# Proof

How it is known that \`npm run model\` and the random schedules can fail. Each row changes one line
of \`packages/core/src\` in a copy: a check that finds nothing, a rule of the ring turned round, a
line of acknowledgement, settling or turning back left out. Small worlds, then random schedules,
run over the copy until something is broken. \`npm run mutants\` writes this page.

Invariants 1 to 5 stand in ARCHITECTURE.md. 0 means that a decision throws, 6 that a rotation turns
back though no key was refused and nobody asked, 7 that a person's keyset is written over without
a word. Where a second
guard stands behind the first, the row names the ones that had to go as well. "no end" are states from which no end is reached without a further fault.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The page that says who caught what. */
export const proofOf = (mutants: readonly Mutant[], results: readonly MutantResult[]): string => {
  const rows = results.filter(({ by }) => by !== null).map(caughtRow)
  const open = mutants.filter(({ name }) => results.find(one => one.name === name)?.by === null)
  const count = `${rows.length} of ${results.length} mutations are caught.`
  const table = [
    '| mutation | rule | caught by | after | what broke |',
    '|---|---|---|--:|---|',
    ...rows,
  ]
  return `${introduction}\n${count}\n\n${table.join('\n')}\n${openSection(open)}`
}

const caughtRow = ({ name, rule, by, states, seeds, what, together }: MutantResult): string => {
  const after = by === 'random' ? `${seeds} seeds` : `${states} states`
  const broke = what?.startsWith('no end') ? 'no end' : (what?.split(';')[0] ?? '')
  const with_ = together.length > 0 ? `; with: ${together.join('; ')}` : ''
  return `| ${cell(name + with_)} | ${rule ?? ''} | ${by} | ${after} | ${cell(broke)} |`
}

const openSection = (open: readonly Mutant[]): string => {
  if (open.length === 0) return ''
  const rows = open.map(
    ({ name, rule, uncaught }) =>
      `- **${name}**${rule ? ` (${rule})` : ''}: ${uncaught ?? 'not known why.'}`,
  )
  return `\n## Not caught\n\nEither something else stands in the way as well, or a scenario is missing.\n\n${rows.join('\n')}\n`
}
