import type { JournalEvent } from '@keyturn/core'
import { fingerprint } from '@keyturn/testkit'
import t from 'tap'
import { lineOf } from '../../src/history/line.ts'

type EventType = JournalEvent['type']

const [one, two, three] = [fingerprint(1), fingerprint(2), fingerprint(3)]
const fingerprints = { primary: one, secondary: two }
const word = { by: 'ada', reason: 'due' }

/** Events of each type, with what a person reads of them. */
const told: { readonly [T in EventType]: readonly [JournalEvent & { type: T }, string][] } = {
  adopted: [
    [
      { type: 'adopted', installation: 'here', by: 'ada', takeOver: false },
      'ada adopted the account for installation here.',
    ],
    [
      { type: 'adopted', installation: 'here', by: 'ada', takeOver: true },
      'ada adopted the account for installation here, taking over what stands in Key Vault.',
    ],
  ],
  'rotation-started': [
    [
      { type: 'rotation-started', id: 'r1', ...word, from: 'primary', before: fingerprints },
      `ada started rotation r1 of both keys (due): primary signs (primary ${one}, secondary ${two}).`,
    ],
    [
      {
        ...{ type: 'rotation-started', id: 'r1', ...word, before: fingerprints },
        ...{ from: 'primary', plan: 'standby' },
      },
      `ada started rotation r1 of the secondary key (due): primary signs (primary ${one}, secondary ${two}).`,
    ],
  ],
  'emergency-declared': [
    [
      { type: 'emergency-declared', slot: 'primary', ...word, plan: 'active' },
      'ada declared that the primary key has leaked (due).',
    ],
    [
      { type: 'emergency-declared', slot: 'primary', ...word, plan: null },
      'ada declared that the primary key has leaked (due); what was sent before is settled first.',
    ],
  ],
  replanned: [
    [
      { type: 'replanned', from: 'secondary', plan: 'active' },
      'The rotation begins anew, of the secondary key: secondary signs.',
    ],
  ],
  waived: [
    [
      { type: 'waived', code: 'RECENTLY_USED', slot: 'primary', ...word },
      'ada waived RECENTLY_USED for the primary key (due).',
    ],
    [
      { type: 'waived', code: 'MEMBER_STALE', slot: 'primary', member: 'web', ...word },
      'ada waived MEMBER_STALE of member web for the primary key (due).',
    ],
    [
      {
        type: 'waived',
        code: 'CLIENT_LOST',
        slot: 'primary',
        member: 'web',
        client: 'c1',
        ...word,
      },
      'ada waived CLIENT_LOST of client c1 of member web for the primary key (due).',
    ],
    [
      { type: 'waived', code: 'CONSUMER_PENDING', slot: 'primary', consumer: 'etl', ...word },
      'ada waived CONSUMER_PENDING of consumer etl for the primary key (due).',
    ],
  ],
  approved: [[{ type: 'approved', phase: 'switching', by: 'grace' }, 'grace approved switching.']],
  'fence-acknowledged': [
    [
      { type: 'fence-acknowledged', slot: 'secondary', azureNow: 0 },
      "Every member had let go of the secondary key when Azure's clock said 1970-01-01T00:00:00.000Z.",
    ],
  ],
  'consumer-acknowledged': [
    [
      { type: 'consumer-acknowledged', consumer: 'etl', slot: 'primary', by: 'hook' },
      'The hook of etl succeeded: it uses the primary key no more.',
    ],
    [
      { type: 'consumer-acknowledged', consumer: 'etl', slot: 'primary', ...word },
      'ada said that etl uses the primary key no more (due).',
    ],
  ],
  'phase-entered': [
    [{ type: 'phase-entered', phase: { at: 'baking' } }, 'Phase baking began.'],
    [{ type: 'phase-entered', phase: { at: 'reverted' } }, 'The rotation is reverted.'],
    [
      { type: 'phase-entered', phase: { at: 'reverting', part: 'probing' } },
      'Phase reverting (probing) began.',
    ],
  ],
  'publish-intended': [
    [
      {
        type: 'publish-intended',
        publication: { version: 7, active: 'primary', fenced: [], fingerprints },
      },
      `Version 7 is to be published: primary signs, no key is fenced (primary ${one}, secondary ${two}).`,
    ],
    [
      {
        type: 'publish-intended',
        publication: { version: 8, active: 'primary', fenced: ['secondary'], fingerprints },
        because: 'reconciled',
      },
      `Version 8 is to be published: primary signs, secondary is fenced (primary ${one}, secondary ${two}); Azure holds other keys than the version before.`,
    ],
    [
      {
        type: 'publish-intended',
        publication: { version: 9, active: 'primary', fenced: [], fingerprints },
        because: 'repaired',
        repair: word,
      },
      `Version 9 is to be published: primary signs, no key is fenced (primary ${one}, secondary ${two}); ada had repaired Key Vault meanwhile (due).`,
    ],
  ],
  published: [[{ type: 'published', version: 7 }, 'Version 7 was read back from Key Vault.']],
  'retire-asked': [
    [
      { type: 'retire-asked', ...word },
      'ada asked to end key authentication, the first of two words (due).',
    ],
  ],
  'retire-intended': [
    [
      { type: 'retire-intended', ...word },
      'ada said it again: key authentication is being ended (due).',
    ],
  ],
  'retire-dropped': [
    [
      { type: 'retire-dropped', because: ['KEY_IN_USE', 'MEMBER_STALE'] },
      'Key authentication was not ended: a key is in use after all (KEY_IN_USE, MEMBER_STALE).',
    ],
  ],
  retired: [
    [{ type: 'retired' }, 'Key authentication has ended: no key of the account works any more.'],
  ],
  'regenerate-intended': [
    [
      {
        ...{ type: 'regenerate-intended', slot: 'secondary', attempt: 2, epoch: 1 },
        ...{ oldFingerprint: three, oldGenerationTime: null, sendBefore: 30_000 },
      },
      `Attempt 2 to regenerate the secondary key ${three} may be sent from now on.`,
    ],
  ],
  'regenerate-accepted': [
    [
      { type: 'regenerate-accepted', attempt: 2, operation: 'https://azure/operations/1' },
      'Azure accepted attempt 2.',
    ],
  ],
  'regenerate-settled': [
    [{ type: 'regenerate-settled', attempt: 2, why: 'ended' }, 'Attempt 2 ended: its key is new.'],
    [{ type: 'regenerate-settled', attempt: 2, why: 'failed' }, 'Attempt 2 failed in Azure.'],
    [
      { type: 'regenerate-settled', attempt: 2, why: 'expired' },
      'Attempt 2 can take effect no more.',
    ],
    [
      {
        ...{ type: 'regenerate-settled', attempt: 2, why: 'refused' },
        ...{ because: 'recently-used', detail: 'BadRequest: in use' },
      },
      'Attempt 2 was refused by Azure: nothing was changed, as the key was used in the last 12 hours (BadRequest: in use).',
    ],
  ],
  paused: [[{ type: 'paused', ...word }, 'ada paused the rotation (due).']],
  resumed: [[{ type: 'resumed', ...word }, 'ada resumed the rotation (due).']],
  aborted: [[{ type: 'aborted', ...word }, 'ada aborted the rotation (due).']],
  died: [
    [
      {
        ...{ type: 'died', member: 'web-1', incarnation: 'i', uid: 'u-1' },
        ...{ proof: 'terminated', detail: 'phase Succeeded' },
      },
      'Member web-1 has died: its pod or machine has ended (phase Succeeded).',
    ],
    [
      {
        ...{ type: 'died', member: 'web-2', incarnation: 'i', uid: 'u-2' },
        ...{ proof: 'machine-ended', detail: 'node-7 is out of service' },
      },
      'Member web-2 has died: its machine is gone (node-7 is out of service).',
    ],
  ],
  evicted: [[{ type: 'evicted', member: 'web', ...word }, 'ada evicted member web (due).']],
}

const entry = (event: { type: string }) => ({
  ...{ revision: 1, epoch: 1, at: 0, wallTime: '2026-01-02T03:04:05.678Z' },
  event,
})

t.test('each event of the journal is one sentence, with its time', async t => {
  for (const [event, sentence] of Object.values(told).flat()) {
    t.equal(lineOf(entry(event)), `2026-01-02T03:04:05.678Z  ${sentence}`)
  }
})

t.test('a reason stays on its line, and commands no terminal', async t => {
  const reason = 'first line\r\nsecond \u001b[31mline'
  t.match(
    lineOf(entry({ type: 'paused', by: 'ada', reason } as JournalEvent)),
    /ada paused the rotation \(first line second {2}\[31mline\)\.$/,
  )
})

t.test('what a newer coordinator writes is shown as it is', async t => {
  const line = lineOf(entry({ type: 'gilded', metal: 'gold' } as { type: string }))
  t.equal(line, '2026-01-02T03:04:05.678Z  gilded {"metal":"gold"}')
})
