import { type Clock, rest, type SourceStatus } from '@keyturn/keyring'
import type { Log } from './log.ts'

/** Writes down when the source begins to fail, fails otherwise, and is well again. */
export const watchSource = async (
  status: () => SourceStatus,
  { clock, log, lookMs }: { readonly clock: Clock; readonly log: Log; readonly lookMs: number },
  signal: AbortSignal,
): Promise<void> => {
  let told: string | null = null
  while (!signal.aborted) {
    const { kind, lastError, ageMs } = status()
    if (lastError !== null && lastError !== told) {
      log.warn({ event: 'source-failed', source: kind, ageMs }, lastError)
    } else if (lastError === null && told !== null) {
      log.info({ event: 'source-recovered', source: kind }, 'The source gives keysets again.')
    }
    told = lastError
    await rest(clock, lookMs, signal)
  }
}
