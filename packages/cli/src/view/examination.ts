import type { Examination, Finding, Verdict } from '@keyturn/coordinator'
import { hanging } from './words.ts'

const marks: Readonly<Record<Verdict, string>> = {
  well: '✓',
  warning: '!',
  wrong: '✗',
  unasked: '?',
}

const summaries: Readonly<Record<Verdict, string>> = {
  well: 'All is well: a rotation may begin.',
  unasked: 'Nothing is wrong that could be asked.',
  warning: 'Nothing is wrong; mind the warnings.',
  wrong: 'Something is wrong: mend it before the first rotation.',
}

/** One account's report, for a person: what was looked at, what is so, and what to do. */
export const examinationLines = (
  { name, account, verdict, findings }: Examination,
  columns = Number.POSITIVE_INFINITY,
): readonly string[] => [
  `${name}  ${account}`,
  ...findings.flatMap(finding => linesOf(finding, columns)),
  '',
  `  ${summaries[verdict]}${countOf(findings)}`,
]

const linesOf = (finding: Finding, columns: number): readonly string[] => {
  const head = `  ${marks[finding.verdict]} ${finding.check.padEnd(12)}`
  if (finding.verdict === 'well') return hanging(head, finding.sentence, columns)
  return [
    ...hanging(head, `${finding.code}: ${finding.sentence}`, columns),
    ...hanging(`${' '.repeat(head.length)}→ `, finding.remedy, columns),
  ]
}

const countOf = (findings: readonly Finding[]): string => {
  const count = (verdict: Verdict) => findings.filter(one => one.verdict === verdict).length
  const words = (['wrong', 'warning', 'unasked'] as const)
    .filter(verdict => count(verdict) > 0)
    .map(verdict => `${count(verdict)} ${verdict}`)
  return words.length > 0 ? ` (${words.join(', ')})` : ''
}
