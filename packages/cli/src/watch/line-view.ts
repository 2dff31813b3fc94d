import type { Followed } from '../account-events.ts'
import { type BlockerGroup, groupsOf } from '../blockers/groups.ts'
import { isKnown, sentenceOf } from '../history/sentence.ts'
import { type Host, say } from '../host.ts'
import { about, listed, plural } from '../view/words.ts'
import type { WatchView } from './view.ts'
import type { Watched } from './watched.ts'

/** A fleet acknowledges one by one: how far it is, is told no oftener than this until it is done. */
const progressEveryMs = 10_000

/** Plain lines, one a fact: where there is no terminal. */
export class LineView implements WatchView {
  readonly #host: Host
  readonly #wallNow: () => number
  readonly #account: string | undefined
  #progressAt = Number.NEGATIVE_INFINITY
  #progress = ''

  constructor(host: Host, wallNow: () => number, account?: string) {
    this.#host = host
    this.#wallNow = wallNow
    this.#account = account
  }

  hears(event: Followed, before: Watched, after: Watched): void {
    if (event.is === 'away') {
      if (!before.away) {
        this.#tell('The coordinator does not answer: the rotation goes on when it is back.')
      }
      return
    }
    if (before.away) this.#tell('The coordinator is back.')
    if (event.is === 'journal') this.#entry(event, after)
    if (event.is === 'blockers') this.#blockers(before, after)
    if (event.is === 'progress') this.#tellProgress(after)
  }

  stops(): void {
    // Every line has been told.
  }

  #entry(
    { data: { event, wallTime } }: Followed & { is: 'journal' },
    { expectedMs }: Watched,
  ): void {
    if (!isKnown(event)) return
    const phase = event.type === 'phase-entered' ? event.phase.at : null
    const expected = phase === null ? undefined : expectedMs.get(phase)
    this.#line(
      wallTime,
      sentenceOf(event) + (expected === undefined ? '' : ` It takes ${about(expected)}.`),
    )
  }

  #blockers(before: Watched, after: Watched): void {
    const were = groupsOf(before.blocked.blockers, this.#account)
    const are = groupsOf(after.blocked.blockers, this.#account)
    const codes = new Set(are.map(({ code }) => code))
    for (const { code } of were.filter(group => !codes.has(group.code)))
      this.#tell(`clear: ${code}`)
    for (const group of are) {
      const known = were.find(({ code }) => code === group.code)?.subjects
      const isNew = known === undefined || group.subjects.some(subject => !known.includes(subject))
      if (isNew) this.#tell(waits(group))
    }
  }

  /** Told at once when it is done, and now and then before. */
  #tellProgress({ progress }: Watched): void {
    if (!progress || progress.members === 0) return
    const { acknowledged, members, version, going } = progress
    const letGo =
      going && going.fenced > 0 ? `, ${going.drained} have let go of the ${going.slot} key` : ''
    const text = `version ${version ?? '–'} is held by ${acknowledged} of ${plural(members, 'member')}${letGo}`
    const isDone =
      acknowledged === members && (!going || going.fenced === 0 || going.drained === members)
    const isDue = isDone || this.#wallNow() - this.#progressAt >= progressEveryMs
    if (text === this.#progress || !isDue) return
    this.#progress = text
    this.#progressAt = this.#wallNow()
    this.#tell(text)
  }

  #tell(text: string): void {
    this.#line(new Date(this.#wallNow()).toISOString(), text)
  }

  #line(time: string, text: string): void {
    say(this.#host, `${time}  ${text}`)
  }
}

const waits = ({ code, subjects, sentence, remedy }: BlockerGroup): string => {
  const whom = subjects.length > 1 ? ` (${listed(subjects)})` : ''
  return `waits: ${code}${whom}: ${sentence}${remedy === null ? '' : ` ${remedy}`}`
}
