import { runWithOldest } from './oldest.ts'

/** Every call that the oldest SDK has, with both clients. */
runWithOldest(['parity/parity'])
