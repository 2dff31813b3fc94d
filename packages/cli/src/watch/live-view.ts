import { createLogUpdate } from 'log-update'
import type { Followed } from '../account-events.ts'
import { type Host, sizeOf } from '../host.ts'
import { paintFor } from '../view/paint.ts'
import { picture } from './picture.ts'
import type { WatchView } from './view.ts'
import { nothingYet, type Watched } from './watched.ts'

/** A clock that stands still looks like a command that hangs. */
const redrawMs = 1_000

/** A picture that is drawn anew: where a person sits at a terminal. */
export class LiveView implements WatchView {
  readonly #host: Host
  readonly #now: () => number
  readonly #account: string | undefined
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #timer: NodeJS.Timeout
  readonly #draw = (): void => this.#update(this.#picture())
  #watched: Watched = nothingYet

  constructor(host: Host, now: () => number, account?: string) {
    this.#host = host
    this.#now = now
    this.#account = account
    this.#update = createLogUpdate(host.stdout as NodeJS.WriteStream)
    this.#timer = setInterval(this.#draw, redrawMs)
    host.stdout.on('resize', this.#draw)
  }

  hears(_event: Followed, _before: Watched, after: Watched): void {
    this.#watched = after
    this.#draw()
  }

  stops(): void {
    clearInterval(this.#timer)
    this.#host.stdout.off('resize', this.#draw)
    this.#draw()
    this.#update.done()
  }

  #picture(): string {
    const { columns = 80, rows = 24 } = sizeOf(this.#host)
    return picture(this.#watched, this.#now(), {
      // A line as wide as the terminal makes some of them jump, and so does one too many.
      columns: columns - 1,
      rows: rows - 1,
      paint: paintFor(this.#host),
      account: this.#account,
    })
  }
}
