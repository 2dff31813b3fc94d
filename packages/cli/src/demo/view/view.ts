import type { AccountStatus } from '@keyturn/protocol'
import type { CrewProgress } from '../load/crew.ts'
import type { DemoReport } from '../report.ts'

export interface Moment {
  readonly seconds: number
  readonly status: AccountStatus
  readonly crew: CrewProgress
}

/** Where a person watches a run. */
export interface View {
  /** One line about what happens now. */
  says(line: string): void
  /** How things stand, several times a second. */
  shows(moment: Moment): void
  /** How the load stands, where there is no rotation to show. */
  counts(seconds: number, crew: CrewProgress): void
  /** The end. */
  ends(report: DemoReport): void
}
