import type { MemberStatus } from '@keyturn/protocol'
import type { CrewProgress } from '../load/crew.ts'

/** What a person reads of one member. */
export const memberWords = (member: MemberStatus, application: string): string => {
  const { name, acknowledged, held, usage } = member
  const at = acknowledged ?? held
  const signs = at ? `${at.active} ${at.fingerprints[at.active]}` : 'nothing yet'
  const fenced = at && at.fenced.length > 0 ? `, ${at.fenced.join()} fenced` : ''
  const inFlight = usage
    .filter(({ inFlight: count }) => count > 0)
    .map(({ fingerprint, inFlight: count }) => `${count} under ${fingerprint.slice(0, 4)}`)
  const version = acknowledged ? `v${acknowledged.version}` : 'behind'
  const flying = inFlight.length > 0 ? inFlight.join(', ') : 'none'
  return `${name}  ${version.padEnd(7)} signs with ${signs}${fenced}; in flight at its last report: ${flying}  (${application})`
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
