import t from 'tap'
import { type DataRecord, Ledger } from '../src/witness.ts'

const primary = { kind: 'primary', generation: 1, thumbprint: 'aaaa' } as const
const record = (at: number, more: Partial<DataRecord> = {}): DataRecord => ({
  at,
  region: 'West US',
  verb: 'GET',
  resourceType: 'docs',
  key: primary,
  status: 200,
  ...more,
})

t.test('counts per region and generation what was accepted and what was refused', async t => {
  const ledger = new Ledger()
  ledger.data(record(1))
  ledger.data(record(2, { status: 404 }))
  ledger.data(record(3, { status: 401 }))
  ledger.data(record(4, { region: 'North Europe', status: 403 }))
  ledger.data(record(5, { key: { ...primary, generation: 2, thumbprint: 'bbbb' } }))
  ledger.data(record(6, { key: null, status: 401 }))
  t.match(ledger.testimony().keys, [
    {
      kind: 'primary',
      generation: 1,
      accepted: 2,
      refused: 1,
      firstAt: 1,
      lastAt: 3,
      lastAcceptedAt: 2,
    },
    { kind: 'primary', generation: 2, accepted: 1, refused: 0 },
    { kind: null, accepted: 0, refused: 1, lastAcceptedAt: null },
    { region: 'North Europe', accepted: 0, refused: 1 },
  ])
  t.equal(ledger.testimony().requests, 6)
})

t.test('raw records are bounded, the newest are kept, in order', async t => {
  const ledger = new Ledger({ recentMax: 3, managementMax: 2 })
  for (let at = 1; at <= 5; at++) {
    ledger.data(record(at))
    ledger.arm({ at, verb: 'GET', path: '/', status: 200 })
  }
  const { recent, arm, requests } = ledger.testimony()
  t.same(
    recent.map(({ at }) => at),
    [3, 4, 5],
  )
  t.same(
    arm.map(({ at }) => at),
    [4, 5],
  )
  t.equal(requests, 5)
})

t.test('a testimony does not change afterwards', async t => {
  const ledger = new Ledger()
  ledger.data(record(1))
  const before = ledger.testimony()
  ledger.data(record(2))
  t.equal(before.keys[0]?.accepted, 1)
})

t.test('a listener hears each record until it stops', async t => {
  const ledger = new Ledger()
  const heard: number[] = []
  const stop = ledger.onData(({ at }) => heard.push(at))
  ledger.data(record(1))
  stop()
  ledger.data(record(2))
  t.same(heard, [1])
})
