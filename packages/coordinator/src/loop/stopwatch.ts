/** Milliseconds since some instant; `monotonic` clocks and walls' clocks alike. */
export type Clock = () => number

/**
 * How long it has been since now, by whichever clock says the most: a monotonic one leaves out
 * the time in which the machine sleeps, and one on the wall is set back. Whoever must not be late
 * is early where they differ.
 */
export const stopwatch = (clocks: readonly Clock[]): (() => number) => {
  const begun = clocks.map(clock => ({ clock, at: clock() }))
  return () => Math.max(...begun.map(({ clock, at }) => clock() - at))
}
