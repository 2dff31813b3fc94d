import { PassThrough } from 'node:stream'
import t from 'tap'
import { LineView } from '../../../src/demo/view/lines.ts'
import { crew, moment, report, status } from '../../support/reports.ts'

const lineView = () => {
  const out = new PassThrough()
  return { view: new LineView(out), written: () => String(out.read() ?? '') }
}

t.test('a line tells each new phase, and every five seconds that things go on', async t => {
  const { view, written } = lineView()
  const at = (seconds: number, operations: number, phase = 'baking') => {
    const rotation = status.rotation && { ...status.rotation, phase }
    const blockers: typeof status.blockers = []
    view.shows({
      seconds,
      status: { ...status, rotation, blockers },
      crew: { ...crew, operations },
    })
    return written()
  }
  t.equal(at(10, 0), '  10.0 s  baking                       0 operations/s  0 failed  12 healed\n')
  t.equal(at(12, 4_000), '', 'nothing new')
  t.equal(
    at(15, 10_000),
    '  15.0 s  baking                   2,000 operations/s  0 failed  12 healed\n',
  )
  t.match(at(16, 11_000, 'fencing-former'), /^ {2}16\.0 s {2}fencing-former /)
})

t.test('what is waited for is named', async t => {
  const { view, written } = lineView()
  view.shows(moment)
  t.match(written(), / {2}waits: IN_FLIGHT\n$/)
})

t.test('a load without a rotation is counted', async t => {
  const { view, written } = lineView()
  view.counts(1, crew)
  t.equal(written(), '', 'not every second')
  view.counts(6, { ...crew, failed: 1_234 })
  t.match(written(), /^ {3}6\.0 s .* 1,234 failed /)
})

t.test('the end is the whole report', async t => {
  const { view, written } = lineView()
  view.ends(report)
  t.match(written(), /seed 7[\s\S]*✓ Both keys were turned under load\./)
})
