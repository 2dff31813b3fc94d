import type { Followed } from '../account-events.ts'
import type { Watched } from './watched.ts'

/** Where somebody watches a rotation. */
export interface WatchView {
  /** Something was heard: how things stood, and how they stand. */
  hears(event: Followed, before: Watched, after: Watched): void
  /** Nothing more comes; what was shown last stays. */
  stops(): void
}
