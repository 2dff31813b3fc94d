import { lightSignals } from './signals.ts'
import type { Due, Timeline } from './timeline.ts'

/** What a library holds in its hand instead of a timer of Node's. */
class VirtualTimer {
  due: Due | null
  constructor(due: Due) {
    this.due = due
  }
  unref(): this {
    return this
  }
  ref(): this {
    return this
  }
  hasRef(): boolean {
    return false
  }
}

const cancel = (timer: VirtualTimer): void => {
  if (timer.due !== null) timer.due.run = null
  timer.due = null
}

/**
 * Lets libraries that set timers by themselves live in virtual time, too: whatever is set between
 * `virtualTimers` and the returned function belongs to the timeline. For a thread of its own.
 */
export const virtualTimers = (timeline: Timeline): (() => void) => {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  }
  const realTimeout = AbortSignal.timeout
  const heavySignals = lightSignals()
  const clear = (timer: unknown): void => {
    if (timer instanceof VirtualTimer) cancel(timer)
    else real.clearTimeout(timer as number)
  }
  const every = (run: () => void, ms: number): VirtualTimer => {
    const again = (): void => {
      timer.due = timeline.after(Math.max(1, ms), again)
      run()
    }
    const timer = new VirtualTimer(timeline.after(Math.max(1, ms), again))
    return timer
  }
  Object.assign(globalThis, {
    setTimeout: (run: (...rest: unknown[]) => void, ms = 1, ...rest: unknown[]) =>
      new VirtualTimer(timeline.after(ms, () => run(...rest))),
    setInterval: every,
    clearTimeout: clear,
    clearInterval: clear,
  })
  AbortSignal.timeout = ms => {
    const over = new AbortController()
    timeline.after(ms, () => over.abort(new DOMException('Too late.', 'TimeoutError')))
    return over.signal
  }
  return () => {
    Object.assign(globalThis, real)
    AbortSignal.timeout = realTimeout
    heavySignals()
  }
}
