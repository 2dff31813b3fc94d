import type { Leading } from '../leading.ts'
import type { Account } from '../loop/account.ts'
import type { WallClock } from '../ports.ts'
import { Feed } from './feed.ts'
import { levelsOf } from './levels.ts'

/** One feed of events for each account. */
export class Feeds {
  readonly #feeds: ReadonlyMap<Account, Feed>
  readonly #ends: readonly (() => void)[]

  constructor(leading: Leading, clock: WallClock) {
    this.#feeds = new Map(
      leading.accounts.map(account => {
        const source = {
          journal: (after: number, limit: number) => account.journal(after, limit),
          levels: () => levelsOf(account),
          get revision() {
            return account.revision
          },
        }
        return [account, new Feed(source, clock)]
      }),
    )
    this.#ends = [...this.#feeds].map(([account, feed]) =>
      leading.follow(account, () => feed.turned()),
    )
  }

  of(account: Account): Feed {
    const feed = this.#feeds.get(account)
    if (feed === undefined) throw new TypeError('every account has a feed')
    return feed
  }

  close(): void {
    for (const end of this.#ends) end()
    for (const feed of this.#feeds.values()) feed.close()
  }
}
