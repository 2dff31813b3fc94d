import { type Logger, pino } from 'pino'

/** Where a sidecar writes its facts: one `event` name per fact, no key ever. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

/** JSON lines on standard output. */
export const defaultLog = (name: string): Log =>
  pino({ name: 'keyturn-sidecar', base: { member: name } })
