import type { Denial, HistoryEntry } from '@keyturn/protocol'
import { isKnown, sentenceOf } from './sentence.ts'

/** One entry of the journal for a person: when (UTC), what, and who asked for it from where. */
export const lineOf = ({ wallTime, event }: HistoryEntry): string => {
  const { type, asked, ...facts } = event
  const what = isKnown(event) ? sentenceOf(event) : `${type} ${JSON.stringify(facts)}`
  return `${wallTime}  ${what}${asked === undefined ? '' : ` [${askerOf(asked)}]`}`
}

/** The same of something that was denied. */
export const deniedLineOf = (denial: Denial): string => {
  const { wallTime, code, name, operation, verb, about, asked, address, more } = denial
  const who = asked === null ? `nobody known, ${address}` : `${name}, ${askerOf(asked)}`
  const what = [verb ?? operation, ...(about === null ? [] : [`of ${about}`])].join(' ')
  const others = more === 0 ? '' : ` (${more} others before it)`
  return oneLine(`${wallTime}  ${code}: ${what} was denied [${who}]${others}`)
}

type Asker = NonNullable<Denial['asked']>

const askerOf = ({ by, issuer, subject, address }: Asker): string =>
  oneLine(`${address}, ${by} ${subject}${issuer === null ? '' : ` of ${issuer}`}`)

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')
