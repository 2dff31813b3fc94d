import type { Followed } from '../account-events.ts'
import { type Host, say } from '../host.ts'
import type { WatchView } from './view.ts'

/** What was heard, as it came: one JSON object a line. */
export class JsonView implements WatchView {
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  hears(event: Followed): void {
    say(this.#host, JSON.stringify(event))
  }

  stops(): void {
    // Every line has been told.
  }
}
