import { memberAtStart, memberStep, statementOf } from '@keyturn/core'
import { heldSchema } from '@keyturn/protocol'
import { reportFor } from '../../src/report/wire.ts'
import { account } from './keysets.ts'

const state = memberStep(memberAtStart(null, 'i-1', true), {
  is: 'swapped',
  held: heldSchema.parse({
    version: 1,
    fingerprints: { primary: '00000000000000a1', secondary: '00000000000000b1' },
    active: 'primary',
    fenced: [],
  }),
  subject: { account, pair: 'readWrite' },
})
const report = reportFor({
  state,
  statement: statementOf(state),
  sent: 1,
  source: { kind: 'keyVault', serving: 'keyVault', ageMs: 0, lastError: null },
  stalenessMsMax: 0,
  holdMs: 0,
  goodbye: false,
})
if (report === null) throw new Error('a report was expected')

/** A report like any other. */
export const anyReport = report
