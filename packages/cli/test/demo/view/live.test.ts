import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { LiveView, picture } from '../../../src/demo/view/live.ts'
import { crew, member, moment, report, status } from '../../support/reports.ts'

const plain = (_: string, text: string) => text
const lines = (columns = 79, of = moment) => picture(of, 995, plain, columns).split('\n')

t.test('the picture shows phases, what is waited for, the fleet and the load', async t => {
  t.same(lines(), [
    'Turning both keys of an account under load',
    '',
    '  ✓ preflight             0.7 s',
    '  ✓ fencing-standby       2.4 s',
    '  · regenerating-standby',
    '  · probing-standby',
    '  · publishing-standby',
    '  · switching',
    '  · baking',
    '  ▸ fencing-former        1.0 s',
    '  · regenerating-former',
    '  · probing-former',
    '  · publishing-former',
    '    Member sidecar-1 has 2 requests in flight under the primary key: they end …',
    '',
    '',
    '  sidecar-1 v5     secondary 2222222222222222  30+2 in flight  primary fenced',
    '  sidecar-2 v5     secondary 2222222222222222  30+2 in flight  primary fenced',
    '  sidecar-3 v5     secondary 2222222222222222  30+2 in flight  primary fenced',
    '',
    '  30.7 s   995 operations/s   30,874 so far   0 failed   12 refusals healed',
  ])
})

t.test(
  'it fits a terminal of 80 columns and 24 rows, and has the same height throughout',
  async t => {
    const calm = { ...moment, status: { ...status, rotation: null, blockers: [] } }
    for (const each of [moment, calm]) {
      t.ok(lines(79, each).every(line => line.length <= 79))
      t.ok(lines(79, each).length < 24)
    }
    t.equal(lines(79, calm).length, lines().length)
    t.ok(
      lines(40).every(line => line.length <= 75),
      'a narrow one gets less of the long lines',
    )
  },
)

t.test('a member that is behind says so, and one that left is not shown', async t => {
  const members = [
    member('sidecar-1', { acknowledged: null, held: null, usage: [] }),
    member('sidecar-2', { standing: 'gone' }),
  ]
  const shown = lines(79, { ...moment, status: { ...status, members } })
  t.ok(shown.includes('  sidecar-1 behind nothing yet                  0 in flight'))
  t.notMatch(shown.join('\n'), 'sidecar-2')
})

const colour = new RegExp(`${'\x1b'}\\[\\d+m`, 'g')

const onTerminal = (colour: boolean) => {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 })
  const view = new LiveView(out, colour)
  return { view, written: () => String(out.read() ?? '') }
}

t.test('a terminal sees one picture after the other, and then the report', async t => {
  const { view, written } = onTerminal(true)
  view.says('Starting …')
  view.shows(moment)
  view.counts(31, { ...crew, failed: 3 })
  const seen = written()
  t.match(stripVTControlCharacters(seen), /Starting …[\s\S]*▸ fencing-former[\s\S]*3 failed/)
  t.ok(seen.includes('\x1b[31m3 failed'), 'failures are red')
  view.ends(report)
  t.match(
    stripVTControlCharacters(written()),
    /\n✓ Both keys were turned under load\. Nothing failed\.\n/,
  )
})

t.test('without colour there is none', async t => {
  const { view, written } = onTerminal(false)
  view.shows(moment)
  view.ends(report)
  t.same([...written().matchAll(colour)], [])
})
