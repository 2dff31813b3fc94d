import { pino } from 'pino'

/** What is said of a fact: its event's name, and what belongs to it. Never a key. */
export interface Fact {
  readonly event: string
  readonly [field: string]: unknown
}

type Tell = (fact: Fact, sentence: string) => void

/** Where a sidecar writes its facts: one `event` name per fact. Every pino logger is one. */
export interface Log {
  readonly info: Tell
  readonly warn: Tell
  readonly error: Tell
}

/** JSON lines on standard output. */
export const defaultLog = (name: string): Log =>
  pino({ name: 'keyturn-sidecar', base: { member: name } })
