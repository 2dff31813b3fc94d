import type { MemberStatus } from '@keyturn/protocol'
import type { CrewProgress } from '../load/crew.ts'

/** What a person reads of one member, in less than 80 columns. */
export const memberWords = ({ name, acknowledged, held, usage }: MemberStatus): string => {
  const at = acknowledged ?? held
  const version = acknowledged ? `v${acknowledged.version}` : 'behind'
  const signing = at?.fingerprints[at.active]
  const signs = at ? `${at.active.padEnd(9)} ${signing}` : 'nothing yet'.padEnd(26)
  const count = (of: (fingerprint: string) => boolean) =>
    usage.reduce((sum, { fingerprint, inFlight }) => sum + (of(fingerprint) ? inFlight : 0), 0)
  const others = count(fingerprint => fingerprint !== signing)
  // As of the member's last report.
  const inFlight = `${count(fingerprint => fingerprint === signing)}${others > 0 ? `+${others}` : ''}`
  const fenced = at && at.fenced.length > 0 ? `${at.fenced.join()} fenced` : ''
  return `${name} ${version.padEnd(6)} ${signs}  ${inFlight.padStart(2)} in flight  ${fenced}`.trimEnd()
}

/** Operations per second between two looks. */
export class Pace {
  #last: { seconds: number; operations: number } | null = null
  #perSecond = 0

  of(seconds: number, { operations }: CrewProgress): number {
    const last = this.#last
    if (last === null || seconds - last.seconds >= 1) {
      if (last) this.#perSecond = (operations - last.operations) / (seconds - last.seconds)
      this.#last = { seconds, operations }
    }
    return Math.max(0, Math.round(this.#perSecond))
  }
}

export const grouped = (count: number): string => count.toLocaleString('en-US')

export const plural = (count: number, word: string): string =>
  `${grouped(count)} ${word}${count === 1 ? '' : 's'}`

/** As much of a line as fits. */
export const cut = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`
