import type { HookView, Slot } from '@keyturn/core'
import { inShort } from '../azure/azure-error.ts'
import type { Hooks } from '../ports.ts'

/** Consumers' hooks that this process has started, and what came of them. A restart begins anew. */
export class RunningHooks {
  readonly #hooks: Hooks
  readonly #observe: () => number
  #views: readonly HookView[] = []

  constructor(hooks: Hooks, observe: () => number) {
    this.#hooks = hooks
    this.#observe = observe
  }

  get views(): readonly HookView[] {
    return this.#views
  }

  /** Returns at once: a hook may take minutes, and no turn waits for it. */
  start(rotation: string, consumer: string, slot: Slot): void {
    const hook = { rotation, consumer, slot }
    this.#put({ ...hook, is: 'running', at: this.#observe(), detail: null })
    this.#hooks
      .run(consumer, slot)
      .catch(inShort)
      .then(detail => {
        const is = detail === null ? 'succeeded' : 'failed'
        this.#put({ ...hook, is, at: this.#observe(), detail })
      })
      // The store may be closed by then; the next process runs the hook anew.
      .catch(() => undefined)
  }

  #put(view: HookView): void {
    const others = this.#views.filter(
      ({ rotation, consumer, slot }) =>
        rotation === view.rotation && !(consumer === view.consumer && slot === view.slot),
    )
    this.#views = [...others, view]
  }
}
