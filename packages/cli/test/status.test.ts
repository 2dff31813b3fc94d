import type { Fingerprint } from '@keyturn/core'
import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import t from 'tap'
import { fleetHeads, fleetLines, fleetRow } from '../src/fleet/rows.ts'
import { byTrouble } from '../src/fleet/trouble.ts'
import { printStatus } from '../src/print-status.ts'
import { keyRows } from '../src/status/keys.ts'
import { verdictOf } from '../src/status/verdict.ts'
import { FakeHost } from './support/host.ts'
import { behind, rotation, summary } from './support/watched.ts'

const primary = '1'.repeat(16) as Fingerprint
const secondary = '2'.repeat(16) as Fingerprint
const former = 'f'.repeat(16) as Fingerprint
const published = {
  ...({ version: 7, active: 'secondary', fenced: ['primary'], confirmed: true } as const),
  fingerprints: { primary, secondary },
}
const held = {
  ...({ version: 7, active: 'secondary' } as const),
  fingerprints: { primary, secondary },
  fenced: ['primary' as const],
}

const member = (name: string, changed: Partial<MemberStatus> = {}): MemberStatus => ({
  ...({
    name,
    incarnation: name,
    standing: 'joined',
    reportedMsAgo: 200,
    source: 'keyVault',
  } as const),
  ...{ held, acknowledged: held, proven: [] },
  usage: [
    { fingerprint: primary, inFlight: 0, total: 9, idleMs: 240_000 },
    { fingerprint: secondary, inFlight: 4, total: 90, idleMs: 0 },
  ],
  clients: { attached: 2, lost: [] },
  ...changed,
})

const account = (members: MemberStatus[], changed: Partial<AccountStatus> = {}): AccountStatus => ({
  ...summary(null),
  ...{ published: { ...published, fenced: ['primary'] }, blockers: [], members },
  ...changed,
})

const told = async (status: AccountStatus): Promise<string> => {
  const host = new FakeHost([])
  printStatus(host, status)
  await new Promise(resolve => setImmediate(resolve))
  return host.out
}

t.test(
  'whether the key is switched is the first thing said, and what speaks against it',
  async t => {
    const say = (members: MemberStatus[], confirmed = true) =>
      verdictOf({ published: { ...published, fenced: ['primary'], confirmed } }, members)
    t.match(say([member('one'), member('two')]), {
      isSwitched: true,
      sentence: `All 2 members sign with secondary ${secondary}, and nothing is in flight under another key.`,
    })
    t.match(say([member('one')]).sentence, /^The one member signs with secondary/)
    t.match(say([]), { isSwitched: false, sentence: /Nobody has joined/ })
    const cases: readonly (readonly [Partial<MemberStatus>, RegExp])[] = [
      [{ acknowledged: null }, /two is not known to sign with it/],
      [{ acknowledged: { ...held, active: 'primary' } }, /two is not known to sign with it/],
      [
        { usage: [{ fingerprint: former, inFlight: 1, total: 1, idleMs: 0 }] },
        /two still have requests under another key/,
      ],
      [{ clients: { attached: 1, lost: ['api'] } }, /clients of two are lost/],
    ]
    for (const [changed, why] of cases) {
      const { isSwitched, sentence } = say([member('one'), member('two', changed)])
      t.equal(isSwitched, false)
      t.match(sentence, why)
    }
    t.match(say([member('one')], false), { isSwitched: false, sentence: /not been read back/ })
  },
)

t.test('each key: who signs with it, what is in flight, and when it was last used', async t => {
  const one = member('one')
  const stray = { fingerprint: former, inFlight: 0, total: 3, idleMs: 60_000 }
  t.same(
    keyRows({ ...published, fenced: ['primary'] }, [
      one,
      member('two', { usage: [...one.usage, stray] }),
    ]),
    [
      ['primary', primary, 'standby, fenced', '0 of 2', '0', '4 min ago'],
      ['secondary', secondary, 'active', '2 of 2', '8', 'now'],
      ['', former, 'replaced', '0 of 2', '0', '1 min ago'],
    ],
  )
  t.same(keyRows({ ...published, fenced: [] }, [])[0]?.slice(2), ['standby', '–', '0', 'never'])
})

t.test('of the keys of long ago only those are shown that are in somebody’s hands', async t => {
  const [old, late, held7, busy] = ['a', 'b', 'c', 'd'].map(each => each.repeat(16) as Fingerprint)
  const used = (fingerprint: Fingerprint | undefined, inFlight: number, idleMs: number) => ({
    ...{ fingerprint: fingerprint as Fingerprint, inFlight, total: 3, idleMs },
  })
  const usage = [used(old, 0, 86_400_000), used(late, 0, 1_000), used(busy, 1, 0)]
  const behindNow = { ...held, fingerprints: { primary, secondary: held7 as Fingerprint } }
  const members = [
    member('one', { usage: [...usage, used(former, 0, 86_400_000)] }),
    member('two', { usage: [], acknowledged: behindNow }),
  ]
  const before = { primary: former, secondary }
  const rows = keyRows({ ...published, fenced: [] }, members, before)
  t.same(
    rows.map(([, fingerprint]) => fingerprint),
    [primary, secondary, late, busy, former, held7],
  )
})

t.test('a terminal that does not say how large it is breaks nothing', async t => {
  const host = new FakeHost([])
  Object.assign(host.stdout, { columns: 0, rows: 0 })
  printStatus(host, account(Array.from({ length: 9 }, (_, index) => member(`orders-${index}`))))
  await new Promise(resolve => setImmediate(resolve))
  t.match(host.out, /^All 9 members sign with secondary 2{16}, and nothing is in flight under/m)
  t.match(host.out, /^and 1 member more/m)
})

t.test('those in trouble come first, and those who have left last', async t => {
  const members = [
    member('orders-10'),
    member('orders-9'),
    member('gone', { standing: 'gone', clients: { attached: 0, lost: ['x'] } }),
    member('silent', { reportedMsAgo: 60_000 }),
    member('behind', { acknowledged: { ...held, version: 6 } }),
    member('lost', { clients: { attached: 1, lost: ['api'] } }),
    member('orders-1'),
  ]
  const names = byTrouble(account(members, { blockers: behind(1) })).map(each => each.member.name)
  t.same(names, ['orders-1', 'lost', 'behind', 'silent', 'orders-9', 'orders-10', 'gone'])
})

t.test('a member in a row', async t => {
  const row = (changed: Partial<MemberStatus>, codes: string[] = []) =>
    fleetRow({ member: member('one', changed), codes }, { ...published, fenced: ['primary'] })
  t.equal(row({}).length, fleetHeads.length + 1)
  t.same(row({}), ['one', 'v7', 'secondary', 'primary', '2', '4', '0.2 s ago', 'keyVault'])
  const pod = { name: 'orders-1', uid: 'u', namespace: 'shop', node: 'node-3' }
  t.same(
    row({ pod, release: '0.1.0', durable: false, acknowledged: null }, [
      'MEMBER_NOT_DURABLE',
    ]).slice(1),
    [
      ...['– of v7', 'secondary', 'primary', '2', '4', '0.2 s ago'],
      'MEMBER_NOT_DURABLE keyVault shop/orders-1 on node-3 release 0.1.0 forgets at a restart',
    ],
  )
  t.same(row({ held: null, acknowledged: null }).slice(1, 4), ['nothing', 'nothing', '–'])
  const usage = [{ fingerprint: former, inFlight: 3, total: 1, idleMs: 0 }]
  t.equal(row({ usage })[5], '0 +3 other')
  t.equal(row({ clients: { attached: 2, lost: ['api'] } })[4], '2 +1 lost')
})

t.test('one screen for a fleet of any size', async t => {
  const running = rotation([
    { name: 'preflight', ms: 1_000 },
    { name: 'fencing-former', ms: 4_000 },
  ])
  const members = Array.from({ length: 200 }, (_, index) => member(`orders-${index + 1}`))
  const evidence = {
    ...({ is: 'azure', readMsAgo: 30_000, error: null } as const),
    lastUse: { primary: '2026-11-27T14:50:00Z', secondary: null },
  }
  const out = await told(account(members, { rotation: running, evidence, blockers: behind(200) }))
  t.ok(out.split('\n').length < 30)
  for (const words of [
    'orders: version 7, secondary signs\n',
    'All 200 members sign with secondary ',
    'last use: primary 2026-11-27T14:50:00Z, secondary never (read 30 s ago)',
    'fencing-former (running)\n  4.0 s in this phase, 5.0 s altogether; begun by ada (quarterly turn)',
    '  waits: KEYSET_BEHIND  orders-1, orders-2, orders-3 and 197 more\n',
    'and 192 members more with less trouble: keyturn fleet\n',
  ]) {
    t.ok(out.includes(words), words)
  }
  const small = new FakeHost([])
  Object.assign(small.stdout, { columns: 80, rows: 24 })
  printStatus(small, account(members, { rotation: running, evidence, blockers: behind(200) }))
  await new Promise(resolve => setImmediate(resolve))
  t.ok(small.out.trimEnd().split('\n').length < 24, 'of a terminal of 24 rows as well')
  t.same(
    small.out.split('\n').filter(line => line.length >= 80 && !line.includes('rotation ')),
    [],
  )
  const said = async (changed: Partial<AccountStatus>) => told(account([], changed))
  for (const status of ['completed', 'reverted'] as const) {
    const ended = rotation([{ name: status, ms: 0 }], { status })
    t.match(await said({ rotation: ended }), new RegExp(`^rotation [^ ]+: ${status}$`, 'm'))
  }
  t.match(await said({ evidence: { ...evidence, error: 'HTTP 403' } }), /not be read \(HTTP 403\)/)
  t.match(await said({ evidence: { ...evidence, readMsAgo: null } }), /asked when a key is to go/)
  t.match(
    await said({ retirement: 'asked', pair: 'readOnly' }),
    /\(read-only keys\)[\s\S]+asked once/,
  )
})

t.test('where the terminal is narrow no line is broken in the middle of a word', async t => {
  const pod = {
    namespace: 'shop',
    name: 'orders-7f9c6d5b8-x2x4q',
    uid: 'u',
    node: 'aks-nodepool-1',
  }
  const members = [member('orders-1', { pod }), member('orders-2')]
  const rows = byTrouble(account(members)).map(each => fleetRow(each, published as never))
  const wide = fleetLines(rows, Number.POSITIVE_INFINITY)
  t.same(
    wide.map(({ length }) => length),
    [1, 1, 1],
  )
  t.match(wide[2]?.[0], /keyVault/)
  const [heads, ...lines] = fleetLines(rows, 80)
  t.equal(heads?.length, 1)
  for (const [line = '', ...below] of lines) {
    t.notMatch(line, /keyVault/)
    t.match(below[0], /^ {4}keyVault/)
    for (const each of [line, ...below]) t.ok(each.length <= 80, each)
  }
  const narrow = new FakeHost([])
  Object.assign(narrow.stdout, { columns: 60, rows: 40 })
  printStatus(narrow, account(members, { rotation: rotation([]) }))
  await new Promise(resolve => setImmediate(resolve))
  for (const line of narrow.out.split('\n')) t.ok(line.length < 60, line)
})
