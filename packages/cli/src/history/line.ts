import type { HistoryEntry } from '@keyturn/protocol'
import { isKnown, sentenceOf } from './sentence.ts'

/** One entry of the journal for a person: when (UTC), and what. */
export const lineOf = ({ wallTime, event }: HistoryEntry): string => {
  const { type, ...facts } = event
  return `${wallTime}  ${isKnown(event) ? sentenceOf(event) : `${type} ${JSON.stringify(facts)}`}`
}
