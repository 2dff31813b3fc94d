import { stages } from '../load/tally.ts'
import { type DemoReport, kept } from '../report.ts'
import { grouped, plural } from './words.ts'

/** The report at the end, line by line; the verdict last, where a short terminal shows it. */
export const reportText = (report: DemoReport): string[] => [
  '',
  ...load(report),
  ...refusals(report),
  '',
  ...keys(report),
  '',
  ...latency(report),
  '',
  ...phases(report),
  ...comparison(report),
  ...failures(report),
  '',
  `  seed ${report.seed}: the same weather again with --seed ${report.seed}`,
  '',
  verdict(report),
]

const verdict = (report: DemoReport): string => {
  const { mode, failed, failedByRotation, faults } = report
  if (mode === 'without-keyturn') {
    return failed > 0
      ? `✗ Both keys were turned by hand, and ${plural(failed, 'operation')} failed.`
      : '✓ Both keys were turned by hand, and by luck nothing failed.'
  }
  if (kept(report)) {
    return faults
      ? '✓ Both keys were turned in rough weather. Nothing failed because of it.'
      : '✓ Both keys were turned under load. Nothing failed.'
  }
  return `✗ ${plural(faults ? failedByRotation : failed, 'operation')} failed; rotation ${report.rotation.status}; old keys ${report.oldKeysRefused ? 'refused' : 'still taken'}.`
}

const load = (report: DemoReport): string[] => {
  const { operations, seconds, byOperation, failed } = report
  const kinds = Object.entries(byOperation).map(([name, times]) => `${name} ${grouped(times)}`)
  return [
    `  operations      ${grouped(operations)} in ${seconds} s of this run`,
    `                  ${kinds.join(', ')}`,
    `  failed          ${grouped(failed)}`,
  ]
}

const refusals = ({ mode, healed401, failed401 }: DemoReport): string[] => [
  `  401s            ${grouped(failed401)} reached a caller${mode === 'keyturn' ? `, ${grouped(healed401)} healed by failover` : ''}`,
]

const keys = ({ fingerprints, oldKeysRefused, regenerateCalls }: DemoReport): string[] => {
  const { before, after } = fingerprints
  return [
    '  fingerprints    before            after',
    ...['primary', 'secondary'].map(
      slot => `    ${slot.padEnd(14)}${before[slot]}  ${after[slot]}`,
    ),
    `  old keys        ${oldKeysRefused ? 'refused by every region' : 'STILL TAKEN by a region'}`,
    `  regenerateKey   reached ARM ${regenerateCalls} times, once a slot expected`,
  ]
}

const latency = ({ latencyMs }: DemoReport): string[] => [
  '  latency         p50 ms    p99 ms',
  ...stages.map(stage => {
    const { p50, p99 } = latencyMs[stage]
    return `    ${stage.padEnd(12)}${p50.toFixed(1).padStart(8)}${p99.toFixed(1).padStart(10)}`
  }),
]

const phases = ({ mode, rotation }: DemoReport): string[] => [
  `  rotation        ${rotation.status}`,
  ...(mode === 'without-keyturn' ? byHand : []),
  ...rotation.phases.map(({ name, seconds }) => `    ${name.padEnd(32)}${seconds.toFixed(1)} s`),
]

/** What the picture "before" rests on, so that nobody has to guess. */
const byHand = [
  '    as Azure’s article says: regenerate the idle key, try it, give it to the applications, wait,',
  '    regenerate the other. application-1 reads the vault every 2 s, application-2 every 15 s,',
  '    application-3 read its key when it started and nobody thought of it.',
]

const comparison = ({ comparison: compared, failed, failedByRotation }: DemoReport): string[] =>
  compared === null
    ? []
    : [
        '',
        `  compared        the same ${grouped(compared.operations)} operations, a static key, no rotation:`,
        `    ${compared.failed} failed there, ${failed} here, ${compared.alike} of them alike; because of the rotation: ${failedByRotation}`,
      ]

const shownMax = 5

const failures = (report: DemoReport): string[] => {
  const shown = report.failures.slice(0, shownMax)
  if (shown.length === 0) return []
  return [
    '',
    '  the first that failed',
    ...shown.map(
      ({ operation, code, stage, sentence }) => `    ${operation}, ${stage}: ${code} ${sentence}`,
    ),
  ]
}
