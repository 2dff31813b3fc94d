import type { MutantResult } from './run-mutant.ts'

const introduction = `# Proof

How it is known that \`npm run model\` and the random schedules can fail. Each row changes one line
of \`packages/core/src\` in a copy: a check that finds nothing, a rule of the ring turned round, a
line of acknowledgement, settling or turning back left out. Small worlds and, where the last column
but one counts seeds, whole fleets at random (\`npm run simulate\`) run over the copy until something
is broken. \`npm run mutants\` writes this page.

Invariants 1 to 5 stand in ARCHITECTURE.md. 0 means that a decision throws or that a request fails
whose keys were well, 6 that a rotation turns back though no key was refused and nobody asked or
that it never ends, 7 that a person's keyset is written over without a word, 8 what approvals,
windows and emergencies promise. P1 to P18 name a rule of the protocol that is broken before an
invariant is: \`test/model/world/promises.ts\` judges them by what truly is. "no end" are states from
which no end is reached without a further fault or an operator's word. Where a second guard stands
behind the first, the row names the ones that had to go as well.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** The page that says who caught what. */
export const proofOf = (results: readonly MutantResult[]): string => {
  const caught = results.filter(({ by }) => by !== null).length
  const lines = [
    introduction,
    `${caught} of ${results.length} mutations are caught.`,
    '',
    '| mutation | rule | caught by | after | what broke |',
    '|---|---|---|--:|---|',
    ...results.map(row),
    '',
  ]
  return lines.join('\n')
}

const row = ({ name, rule, by, states, seeds, what, together }: MutantResult): string => {
  const after = seeds > 0 ? `${seeds} seeds` : `${states} states`
  const broke = what?.startsWith('no end') ? 'no end' : (what?.split(';')[0] ?? '')
  const with_ = together.length > 0 ? `; with: ${together.join('; ')}` : ''
  return `| ${cell(name + with_)} | ${rule ?? ''} | ${by ?? '**nobody**'} | ${after} | ${cell(broke)} |`
}
