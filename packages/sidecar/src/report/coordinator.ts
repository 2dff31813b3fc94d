import type { Chance, Clock, Ring } from '@keyturn/keyring'
import type { Pod } from '@keyturn/protocol'
import type { Log } from '../log.ts'
import type { CoordinatorLine } from '../ports.ts'
import type { MemberStore } from '../store.ts'
import { AnnouncementFollower } from './announcement.ts'
import { Reporter } from './reporter.ts'

export interface CoordinatorParts {
  readonly line: CoordinatorLine
  readonly store: MemberStore
  readonly ring: Ring
  readonly holdMs: number
  readonly pod?: Pod | undefined
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
}

/** What a sidecar has to do with its coordinator: reports go out, announcements come in. */
export class Coordinator {
  readonly reporter: Reporter
  readonly announcements: AnnouncementFollower
  readonly #clock: Clock
  readonly #line: CoordinatorLine
  #answeredAt: number | null = null

  constructor({ line, ...parts }: CoordinatorParts) {
    const { store, clock } = parts
    this.#line = line
    this.#clock = clock
    this.announcements = new AnnouncementFollower(parts)
    this.reporter = new Reporter({
      ...parts,
      send: (report, signal) => line.report(report, signal),
      onAnswer: ({ floor, announced }) => {
        this.#answeredAt = clock.now()
        store.apply({ is: 'answered', floor, announced: announced?.version ?? 0 })
        this.announcements.announced(announced?.spreadMs ?? 0)
      },
    })
  }

  /** Since it last answered a report, in ms; `null`: it never did. */
  get lagMs(): number | null {
    return this.#answeredAt === null ? null : this.#clock.now() - this.#answeredAt
  }

  close(): Promise<void> {
    return this.#line.close()
  }
}
