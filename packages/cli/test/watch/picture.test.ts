import { stripVTControlCharacters, styleText } from 'node:util'
import t from 'tap'
import { plain } from '../../src/view/paint.ts'
import { picture } from '../../src/watch/picture.ts'
import type { Watched } from '../../src/watch/watched.ts'
import { behind, progress, rotation, watched } from '../support/watched.ts'

const fencing = rotation([
  { name: 'preflight', ms: 1_100 },
  { name: 'fencing-standby', ms: 4_000 },
])
const expectedMs = new Map([
  ['preflight', 15_000],
  ['fencing-standby', 15_000],
  ['regenerating-standby', 90_000],
  ['probing-standby', 120_000],
  ['publishing-standby', 15_000],
  ['switching', 15_000],
  ['baking', 900_000],
  ['fencing-former', 15_000],
  ['regenerating-former', 90_000],
  ['probing-former', 120_000],
  ['publishing-former', 15_000],
])

const draw = (of: Watched, columns = 79, rows = 39, now = 2_000) =>
  picture(of, now, { columns, rows, paint: plain }).split('\n')

t.test('phases with time gone and expected, the fleet, and who is waited for', async t => {
  t.same(draw(watched(fencing, behind(1), { expectedMs })), [
    'orders: turning both keys',
    'primary signed when ada began it (quarterly turn)',
    '',
    '  ✓ preflight             1.1 s',
    '  ▸ fencing-standby       6.0 s of about 15 s  ━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌',
    '  · regenerating-standby  about 1 min 30 s',
    '  · probing-standby       about 2 min',
    '  · publishing-standby    about 15 s',
    '  · switching             about 15 s',
    '  · baking                about 15 min',
    '  · fencing-former        about 15 s',
    '  · regenerating-former   about 1 min 30 s',
    '  · probing-former        about 2 min',
    '  · publishing-former     about 15 s',
    '',
    '    version 7 held        ━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌  2 of 3 members',
    '    secondary let go      ━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌  2 of 3 members',
    '',
    '  waits for',
    '  ! KEYSET_BEHIND  orders-1',
    '    Member orders-1 acknowledged version 6 of 7: see which of its clients is',
    '    behind.',
    '    keyturn fleet',
    '',
    '  7.1 s so far, about 23 min to go   Ctrl-C leaves it running',
  ])
})

t.test(
  'once it has ended nothing is waited for, and nothing runs that one could leave',
  async t => {
    const ended = rotation(
      [
        { name: 'publishing-former', ms: 4_000 },
        { name: 'completed', ms: 0 },
      ],
      { status: 'completed' },
    )
    t.same(draw(watched(ended, behind(1))), [
      'orders: turning both keys',
      'primary signed when ada began it (quarterly turn)',
      '',
      '  ✓ publishing-former     4.0 s',
      '',
    ])
  },
)

t.test('it fits the terminal, and blockers come before phases', async t => {
  const consumer = { code: 'CONSUMER_PENDING', consumer: 'job', sentence: 'A job.' } as const
  for (const members of [1, 3, 200]) {
    for (const [columns, rows] of [
      [79, 23],
      [119, 39],
      [60, 20],
    ] as const) {
      const of = watched(fencing, [...behind(members), consumer], {
        expectedMs,
        progress: progress(members, 0),
        away: members === 3 ? { sentence: 'Gone.', since: 0 } : null,
      })
      const lines = draw(of, columns, rows)
      t.ok(lines.length <= rows, `${lines.length} of ${rows} rows`)
      for (const line of lines) t.ok(line.length <= columns, line)
      const says = rows > 20 ? '  ! CONSUMER_PENDING  job' : '  ! and 1 more: keyturn status'
      if (rows > 20 || members === 3) t.ok(lines.includes(says), says)
    }
  }
  const switching = rotation([
    { name: 'preflight', ms: 1_000 },
    { name: 'fencing-standby', ms: 2_000 },
    { name: 'regenerating-standby', ms: 30_000 },
    { name: 'switching', ms: 500 },
  ])
  const lines = draw(watched(switching, behind(200), { expectedMs }), 79, 16)
  t.equal(lines[3], '  ✓ …regenerating-standby 33 s')
  t.match(lines[4], '▸ switching')
  t.equal(lines[5], '  · baking, fencing-former and 3 more')
  t.ok(lines.includes('  ! KEYSET_BEHIND  orders-1, orders-2, orders-3 and 197 more'))
})

t.test('more blockers than rows: how many more, and where they are', async t => {
  const codes = ['PAUSED', 'ACCOUNT_BUSY', 'ARM_DIFFERS', 'PROBE_FAILING', 'BAKING'] as const
  const blockers = codes.map(code => ({ code, sentence: 'One sentence.' }))
  const lines = draw(watched(fencing, blockers, { expectedMs }), 79, 17)
  t.ok(lines.length <= 17)
  t.match(lines.join('\n'), /! and \d more: keyturn status/)
})

t.test('a phase that takes longer, a coordinator that is away, and no estimate at all', async t => {
  const late = watched(fencing, [], { expectedMs, away: { sentence: 'No.', since: 30_000 } })
  const lines = draw(late, 79, 39, 42_000).join('\n')
  t.match(lines, /fencing-standby {7}46 s of about 15 s, longer than expected$/m)
  t.match(lines, /^ {2}The coordinator has not answered for 12 s: the rotation goes on when it is/m)
  const unknown = draw(watched(fencing)).join('\n')
  t.match(unknown, /▸ fencing-standby {7}6\.0 s$/m)
  t.match(unknown, /^ {2}7\.1 s so far {3}Ctrl-C/m)
  t.match(draw(watched(null))[0], 'Waiting for the coordinator')
})

t.test('a way back, an emergency, one key, an empty fleet', async t => {
  const back = rotation([
    { name: 'preflight', ms: 100 },
    { name: 'baking', ms: 200 },
    { name: 'reverting', ms: 300 },
  ])
  const lines = draw(watched(back, [], { expectedMs, progress: progress(0, 0) }))
  t.match(lines.join('\n'), /✓ baking +0\.2 s\n {2}▸ reverting +2\.3 s\n\n {2}The fleet is empty\./)
  const emergency = { slot: 'primary', by: 'ada', reason: 'leaked' } as const
  const leak = rotation([{ name: 'switching', ms: 1 }], {
    plan: 'active',
    emergency,
    status: 'paused',
  })
  t.equal(
    draw(watched(leak))[0],
    'orders: turning the primary key, emergency: the primary key has leaked, paused',
  )
  const standby = rotation([{ name: 'preflight', ms: 1 }], { plan: 'standby' })
  t.equal(draw(watched(standby))[0], 'orders: turning the secondary key')
})

t.test('what has ended shows every phase done', async t => {
  const over = rotation(
    [
      { name: 'publishing-former', ms: 300 },
      { name: 'completed', ms: 0 },
    ],
    { status: 'completed' },
  )
  const lines = draw(watched(over, [], { expectedMs })).join('\n')
  t.match(lines, /✓ publishing-former {5}0\.3 s\n$/)
  t.notMatch(lines, /▸|·/)
})

t.test('colours add nothing but colour', async t => {
  const of = watched(fencing, behind(3), { expectedMs, away: { sentence: 'No.', since: 0 } })
  const coloured = picture(of, 2_000, {
    columns: 79,
    rows: 39,
    paint: (style, text) => styleText(style, text, { validateStream: false }),
  })
  t.equal(stripVTControlCharacters(coloured), draw(of).join('\n'))
  t.not(coloured, draw(of).join('\n'))
})
