import type { JournalEvent, Slot } from '@keyturn/core'
import { fingerprint } from '@keyturn/testkit'

type EventType = JournalEvent['type']

const word = { by: 'ada', reason: 'due' }
const fingerprints = { primary: fingerprint(1), secondary: fingerprint(2) }
const publication = (version: number, active: Slot, fenced: readonly Slot[] = []) => ({
  ...{ version, active, fenced, fingerprints },
})

/** At least one event of each type, in the shapes that the fold tells apart. */
const events: { readonly [T in EventType]: readonly (JournalEvent & { type: T })[] } = {
  adopted: [{ type: 'adopted', installation: 'here', by: 'ada', takeOver: true }],
  'rotation-started': [
    { type: 'rotation-started', id: 'r1', ...word, from: 'primary', before: fingerprints },
    {
      ...{ type: 'rotation-started', id: 'r2', ...word, before: fingerprints },
      ...{ from: 'secondary', plan: 'active' },
    },
  ],
  'phase-entered': [
    { type: 'phase-entered', phase: { at: 'fencing-standby' } },
    { type: 'phase-entered', phase: { at: 'regenerating-standby' } },
    { type: 'phase-entered', phase: { at: 'reverting', part: 'settling' } },
    { type: 'phase-entered', phase: { at: 'reverting', part: 'probing' } },
    { type: 'phase-entered', phase: { at: 'completed' } },
  ],
  'regenerate-intended': [
    {
      ...{ type: 'regenerate-intended', slot: 'secondary', attempt: 1, epoch: 1 },
      ...{ oldFingerprint: fingerprint(2), oldGenerationTime: null, sendBefore: 30_000 },
    },
  ],
  'regenerate-accepted': [{ type: 'regenerate-accepted', attempt: 1, operation: 'o1' }],
  'regenerate-settled': [
    { type: 'regenerate-settled', attempt: 1, why: 'ended' },
    {
      ...{ type: 'regenerate-settled', attempt: 1, why: 'refused' },
      ...{ detail: 'in use', because: 'recently-used' },
    },
  ],
  'publish-intended': [
    { type: 'publish-intended', publication: publication(1, 'primary') },
    {
      ...{ type: 'publish-intended', because: 'reconciled' },
      publication: publication(2, 'secondary', ['primary']),
    },
  ],
  published: [
    { type: 'published', version: 1 },
    { type: 'published', version: 2 },
  ],
  waived: [
    { type: 'waived', code: 'CLIENT_LOST', slot: 'primary', member: 'web', client: 'c', ...word },
    { type: 'waived', code: 'RECENTLY_USED', slot: 'secondary', member: undefined, ...word },
  ],
  approved: [{ type: 'approved', phase: 'switching', by: 'grace' }],
  'fence-acknowledged': [{ type: 'fence-acknowledged', slot: 'secondary', azureNow: 7 }],
  'consumer-acknowledged': [
    { type: 'consumer-acknowledged', consumer: 'etl', slot: 'primary', by: 'hook' },
  ],
  'emergency-declared': [
    { type: 'emergency-declared', slot: 'primary', ...word, plan: 'active' },
    { type: 'emergency-declared', slot: 'primary', ...word, plan: null },
  ],
  replanned: [{ type: 'replanned', from: 'secondary', plan: 'active' }],
  paused: [{ type: 'paused', ...word }],
  resumed: [{ type: 'resumed', ...word }],
  aborted: [{ type: 'aborted', ...word }],
  died: [
    {
      ...{ type: 'died', member: 'web', incarnation: 'i', uid: 'u' },
      ...{ proof: 'terminated', detail: 'phase Failed' },
    },
  ],
  evicted: [{ type: 'evicted', member: 'web', ...word }],
  'retire-asked': [{ type: 'retire-asked', ...word }],
  'retire-intended': [{ type: 'retire-intended', ...word }],
  'retire-dropped': [{ type: 'retire-dropped', because: ['KEY_IN_USE'] }],
  retired: [{ type: 'retired' }],
}

export const everyEvent: readonly JournalEvent[] = Object.values(events).flat()
