import t from 'tap'
import type { DemoReport } from '../../../src/demo/report.ts'
import { kept } from '../../../src/demo/report.ts'
import { reportText } from '../../../src/demo/view/report-text.ts'
import { report } from '../../support/reports.ts'

const text = (change: Partial<DemoReport> = {}) => reportText({ ...report, ...change }).join('\n')

t.test('the report says what happened', async t => {
  t.equal(
    text(),
    `
  operations      57,935 in 41.4 s of this run
                  point read 30,000, upsert 27,935
  failed          0
  401s            0 reached a caller, 3 healed by failover

  fingerprints    before            after
    primary       1111111111111111  3333333333333333
    secondary     2222222222222222  4444444444444444
  old keys        refused by every region
  regenerateKey   reached ARM 2 times, once a slot expected

  latency         p50 ms    p99 ms
    before          10.0      20.3
    during          11.0      21.0
    after           12.0    1022.0

  rotation        completed
    preflight                       0.7 s
    fencing-standby                 2.4 s

  seed 7: the same weather again with --seed 7

✓ Both keys were turned under load. Nothing failed.`,
  )
})

t.test('what a run did not keep is its last line', async t => {
  const broken: readonly (readonly [Partial<DemoReport>, RegExp])[] = [
    [{ failed: 1 }, /✗ 1 operation failed;/],
    [{ failed401: 1 }, /✗ /],
    [{ oldKeysRefused: false }, /✗ .*old keys still taken/],
    [{ faults: true, failed: 5, failedByRotation: 2 }, /✗ 2 operations failed;/],
    [{ fingerprints: { ...report.fingerprints, after: report.fingerprints.before } }, /✗ /],
    [{ mode: 'without-keyturn', failed: 2_119 }, /✗ .*turned by hand, and 2,119 operations failed/],
  ]
  for (const [change, line] of broken) {
    t.equal(kept({ ...report, ...change }), false, JSON.stringify(change))
    t.match(text(change), line)
  }
})

t.test('what fails in rough weather alone is not held against the rotation', async t => {
  const comparison = { operations: 50_000, failed: 4, alike: 3, onlyWithout: 1 }
  const rough = { faults: true, failed: 3, failedByRotation: 0, comparison }
  t.equal(kept({ ...report, ...rough }), true)
  t.match(text(rough), /✓ Both keys were turned in rough weather\. Nothing failed because of it\./)
  t.match(text(rough), /the same 50,000 operations, a static key, no rotation/)
  t.match(text(rough), /4 failed there, 3 here, 3 of them alike; because of the rotation: 0/)
})

t.test('the first that failed are told as their callers saw them', async t => {
  const failure = {
    id: 'one.0/3',
    operation: 'upsert',
    stage: 'during',
    code: '401',
    sentence: 'The input authorization token cannot serve the request.',
  } as const
  const failures = Array.from({ length: 9 }, () => failure)
  const said = text({ failed: 9, failures })
  t.match(said, /upsert, during: 401 The input authorization token/)
  t.equal(said.split('upsert, during').length - 1, 5, 'not all of them')
})
