import { fingerprintOf, memberAtStart, memberStep, statementOf, type Usage } from '@keyturn/core'
import { reportSchema } from '@keyturn/protocol'
import t from 'tap'
import { reportFor } from '../src/report/wire.ts'
import { account } from './helpers/keysets.ts'

const name = (number: number) =>
  fingerprintOf(String(number), () => `${number}`.padStart(16, '0').padEnd(64, '0'))
const source = { kind: 'keyVault', serving: 'keyVault', ageMs: 1, lastError: null } as const
const used = (number: number, inFlight: number): Usage => ({
  fingerprint: name(number),
  inFlight,
  total: 1,
  idleMs: 0,
})
const envelope = { sent: 3, source, stalenessMsMax: 0, holdMs: 10, goodbye: false }

t.test('it is not known whose report it would be before the first keyset', async t => {
  const state = memberAtStart(null, 'i-1', true)
  t.equal(reportFor({ ...envelope, state, statement: statementOf(state) }), null)
})

t.test('a report fits the wire, whatever there is to say', async t => {
  const held = {
    version: 1,
    fingerprints: { primary: name(98), secondary: name(99) },
    active: 'primary',
    fenced: [],
  } as const
  const probes = Array.from({ length: 40 }, (_, at) => used(at, at % 2))
  const refused = Array.from({ length: 90 }, (_, at) => ({
    fingerprint: name(1),
    endpoint: `https://region-${at}`,
    forMs: 1,
  }))
  let state = memberAtStart(null, 'i-1', true)
  state = memberStep(state, { is: 'swapped', held, subject: { account, pair: 'readWrite' } })
  state = memberStep(state, { is: 'measured', probes, refused })
  const report = reportSchema.parse(
    reportFor({ ...envelope, state, statement: statementOf(state) }),
  )
  const told = report.usage.map(({ fingerprint }) => fingerprint)
  t.same(told.slice(0, 2).sort(), [name(98), name(99)], 'held keys come first')
  t.ok(
    report.usage.slice(2).every(({ inFlight }) => inFlight > 0),
    'then those in flight',
  )
  t.equal(report.refused.length, 64)
  t.equal(report.ahead, null)
})

t.test('what only the disk remembers is told, and may be left out', async t => {
  const held = {
    version: 7,
    fingerprints: { primary: name(98), secondary: name(99) },
    active: 'primary',
    fenced: [],
  } as const
  const subject = { account, pair: 'readWrite' } as const
  const floor = 9
  const identity = { incarnation: 'i-0', previousIncarnation: null, confirmed: true, starts: 1 }
  const disk = { identity, subject, clients: [], acknowledged: held, floor }
  const state = memberStep(memberAtStart(disk, 'i-1', true), {
    is: 'swapped',
    held: { ...held, version: 6 },
    subject,
  })
  const told = reportFor({ ...envelope, state, statement: statementOf(state) })
  const report = reportSchema.parse(told)
  t.same(report.ahead, held)
  t.equal(report.floor, floor)
  const { ahead: _, floor: __, ...before } = report
  t.ok(reportSchema.safeParse(before).success, 'an older sidecar says neither')
})
