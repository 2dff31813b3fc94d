import { type MemberEvent, type MemberState, memberStep } from '@keyturn/core'

/** The member's state, in one place: every part sends it events, and looks again after each. */
export class MemberStore {
  #state: MemberState
  readonly #followers = new Set<() => void>()

  constructor(state: MemberState) {
    this.#state = state
  }

  get state(): MemberState {
    return this.#state
  }

  apply(event: MemberEvent): void {
    this.#state = memberStep(this.#state, event)
    for (const follower of this.#followers) follower()
  }

  /** Calls back after every event, synchronously, until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower)
    return () => {
      this.#followers.delete(follower)
    }
  }

  /** Settles once `condition` holds, or the signal is aborted. */
  async until(condition: (state: MemberState) => boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted || condition(this.#state)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const unfollow = this.follow(() => {
      if (condition(this.#state)) resolve()
    })
    const abort = () => resolve()
    signal.addEventListener('abort', abort, { once: true })
    await promise
    unfollow()
    signal.removeEventListener('abort', abort)
  }
}
