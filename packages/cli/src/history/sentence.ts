import type { Fingerprints, JournalEvent, Slot } from '@keyturn/core'
import { type Outsider, outsider, settlements, turned } from './words.ts'

type EventType = JournalEvent['type']

/** One sentence for each type of event: a new type does not compile until it has its own. */
const sentences: { readonly [T in EventType]: (event: JournalEvent & { type: T }) => string } = {
  adopted: ({ by, installation, takeOver }) =>
    `${by} adopted the account for installation ${installation}${takeOver ? ', taking over what stands in Key Vault' : ''}.`,
  'rotation-started': ({ id, by, reason, from, before, plan = 'full' }) =>
    `${by} started rotation ${id} of ${turned(plan, from)}${why(reason)}: ${from} signs (${keys(before)}).`,
  'emergency-declared': ({ slot, by, reason, plan }) =>
    `${by} declared that the ${slot} key has leaked${why(reason)}${plan === null ? '; what was sent before is settled first' : ''}.`,
  replanned: ({ from, plan }) =>
    `The rotation begins anew, of ${turned(plan, from)}: ${from} signs.`,
  waived: ({ code, slot, by, reason, ...whose }) =>
    `${by} waived ${code}${of(whose)} for the ${slot} key${why(reason)}.`,
  approved: ({ phase, by }) => `${by} approved ${phase}.`,
  'fence-acknowledged': ({ slot, azureNow }) =>
    `Every member had let go of the ${slot} key when Azure's clock said ${new Date(azureNow).toISOString()}.`,
  'consumer-acknowledged': ({ consumer, slot, by, reason }) =>
    by === 'hook'
      ? `The hook of ${consumer} succeeded: it uses the ${slot} key no more.`
      : `${by} said that ${consumer} uses the ${slot} key no more${why(reason)}.`,
  'phase-entered': ({ phase }) =>
    phase.at === 'completed' || phase.at === 'reverted'
      ? `The rotation is ${phase.at}.`
      : `Phase ${phase.at}${phase.at === 'reverting' ? ` (${phase.part})` : ''} began.`,
  'publish-intended': ({ publication, because, repair }) => {
    const { version, active, fenced, fingerprints } = publication
    const reasons = {
      reconciled: '; Azure holds other keys than the version before',
      repaired: `; ${repair?.by ?? 'somebody'} had repaired Key Vault meanwhile${why(repair?.reason)}`,
    }
    return `Version ${version} is to be published: ${active} signs, ${fences(fenced)} (${keys(fingerprints)})${because ? reasons[because] : ''}.`
  },
  published: ({ version }) => `Version ${version} was read back from Key Vault.`,
  'retire-asked': ({ by, reason }) =>
    `${by} asked to end key authentication, the first of two words${why(reason)}.`,
  'retire-intended': ({ by, reason }) =>
    `${by} said it again: key authentication is being ended${why(reason)}.`,
  'retire-dropped': ({ because }) =>
    `Key authentication was not ended: a key is in use after all (${because.join(', ')}).`,
  retired: () => 'Key authentication has ended: no key of the account works any more.',
  'regenerate-intended': ({ slot, attempt, oldFingerprint }) =>
    `Attempt ${attempt} to regenerate the ${slot} key ${oldFingerprint} may be sent from now on.`,
  'regenerate-accepted': ({ attempt }) => `Azure accepted attempt ${attempt}.`,
  'regenerate-settled': ({ attempt, why: how, detail, because }) =>
    `Attempt ${attempt} ${settlements[how]}${because ? ', as the key was used in the last 12 hours' : ''}${why(detail)}.`,
  paused: ({ by, reason }) => `${by} paused the rotation${why(reason)}.`,
  resumed: ({ by, reason }) => `${by} resumed the rotation${why(reason)}.`,
  aborted: ({ by, reason }) => `${by} aborted the rotation${why(reason)}.`,
  died: ({ member, proof, detail }) =>
    `Member ${member} has died: its ${proof === 'terminated' ? 'pod or machine has ended' : 'machine is gone'} (${detail}).`,
  evicted: ({ member, by, reason }) => `${by} evicted member ${member}${why(reason)}.`,
}

const why = (reason: string | undefined): string => (reason === undefined ? '' : ` (${reason})`)

const of = (whose: Outsider): string => {
  const named = outsider(whose)
  return named === null ? '' : ` of ${named}`
}

const keys = ({ primary, secondary }: Fingerprints): string =>
  `primary ${primary}, secondary ${secondary}`

const fences = (fenced: readonly Slot[]): string =>
  fenced.length === 0 ? 'no key is fenced' : `${fenced.join(' and ')} is fenced`

/** Whether there is a sentence for it: a newer coordinator may write what is not known here. */
export const isKnown = (event: { readonly type: string }): event is JournalEvent =>
  Object.hasOwn(sentences, event.type)

/** What happened, by whose word, and why: one sentence, on one line whatever a reason holds. */
export const sentenceOf = (event: JournalEvent): string => {
  // Looked up by its own type: the one function of the table that takes it.
  const tell = sentences[event.type] as (event: JournalEvent) => string
  return tell(event).replace(/\p{Cc}+/gu, ' ')
}
