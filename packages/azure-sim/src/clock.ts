/** Milliseconds since the epoch and a way to wait, so that tests can run on virtual time. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
