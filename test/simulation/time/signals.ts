/** What a signal says that was aborted without a reason: one for all, since none is ever told apart. */
const aborted = new DOMException('This operation was aborted', 'AbortError')

/**
 * Signals as Node's, at a price that simulated fleets can pay. Node's composite signals stay
 * reachable for ever once somebody listens to one that never fires, and with it a whole world;
 * these go with the signals that they are made of. For a thread of its own.
 */
export const lightSignals = (): (() => void) => {
  const { any } = AbortSignal
  const { abort } = AbortController.prototype
  const dependents = new WeakMap<AbortSignal, Set<AbortController>>()
  const dependentsOf = (signal: AbortSignal): Set<AbortController> => {
    const known = dependents.get(signal)
    if (known) return known
    const made = new Set<AbortController>()
    dependents.set(signal, made)
    const onAbort = (): void => {
      for (const one of made) one.abort(signal.reason)
      made.clear()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return made
  }
  AbortSignal.any = signals => {
    const made = new AbortController()
    const sources = [...signals]
    const first = sources.find(signal => signal.aborted)
    if (first) made.abort(first.reason)
    else for (const source of sources) dependentsOf(source).add(made)
    return made.signal
  }
  AbortController.prototype.abort = function (reason: unknown = aborted) {
    abort.call(this, reason)
  }
  return () => {
    AbortSignal.any = any
    AbortController.prototype.abort = abort
  }
}
