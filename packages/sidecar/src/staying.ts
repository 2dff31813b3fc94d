/** Longer than any work waits between two events. */
const lookMs = 60_000

/** Work in the background holds no process; what a process does before it ends has to. */
export const staying = async <T>(work: Promise<T>): Promise<T> => {
  const held = setInterval(() => {}, lookMs)
  try {
    return await work
  } finally {
    clearInterval(held)
  }
}
