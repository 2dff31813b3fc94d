import type { Fingerprint } from '@keyturn/core'
import type { AccountStatus, MemberStatus } from '@keyturn/protocol'
import t from 'tap'
import type { Facts } from '../../src/doctor/facts.ts'
import { judge, worst } from '../../src/doctor/judge.ts'
import { cloudOf } from '../../src/doctor/judge-network.ts'
import { isOlder } from '../../src/doctor/release.ts'
import { isGranted, rotationActions } from '../../src/doctor/rights.ts'
import { facts, fingerprints, id, member, no, publication, status, yes } from './well.ts'

const codesOf = (change: Partial<Facts>): readonly string[] =>
  judge({ ...facts, ...change }).flatMap(one =>
    one.verdict === 'well' ? [] : [`${one.verdict} ${one.code}`],
  )

const configured = (change: Partial<Facts['configured']>): Partial<Facts> => ({
  configured: { ...facts.configured, ...change },
})
const account = (change: object): Partial<Facts> => ({
  account: yes({ ...(facts.account.known ? facts.account.value : {}), ...change } as never),
})
const vault = (change: Partial<Facts['vault']>): Partial<Facts> => ({
  vault: { ...facts.vault, ...change },
})
const withStatus = (change: Partial<AccountStatus>): Partial<Facts> => ({
  coordinator: yes({ ...status, ...change }),
})
const withMember = (change: Partial<MemberStatus>): Partial<Facts> =>
  withStatus({ members: [{ ...member, ...change }] })
const rotating = (word: 'running' | 'paused' | 'completed') =>
  ({ status: word, phase: 'baking' }) as unknown as AccountStatus['rotation']

t.test('where all is well, every check says so', async t => {
  t.same(codesOf({}), [])
  t.equal(new Set(judge(facts).map(({ check }) => check)).size, 15)
  t.equal(worst(judge(facts)), 'well')
})

t.test('each fact is judged as it stands', async t => {
  const cases: readonly (readonly [what: string, change: Partial<Facts>, codes: string[]])[] = [
    [
      'nobody',
      { identity: no('no credential'), account: no('x'), keys: no('x') },
      ['wrong SIGN_IN_FAILED'],
    ],
    ['ARM is out of reach', { account: no('ENOTFOUND') }, ['wrong ACCOUNT_UNREADABLE']],
    ['Azure is at work', account({ provisioningState: 'Updating' }), ['warning ACCOUNT_CHANGING']],
    [
      'private only',
      account({ publicNetworkAccess: 'Disabled' }),
      ['warning PUBLIC_ACCESS_DISABLED'],
    ],
    ['some addresses', account({ ipRules: 2 }), ['warning FIREWALL_SELECTIVE']],
    ['no keys any more', account({ localAuthDisabled: true }), ['wrong LOCAL_AUTH_DISABLED']],
    ['a right is missing', { permissions: yes([]) }, ['wrong RIGHT_MISSING']],
    ['rights are not told', { permissions: no('HTTP 403') }, ['unasked RIGHTS_UNKNOWN']],
    [
      'a lock on a resource group of a similar name lies elsewhere',
      { locks: [{ scope: id, found: yes([lockAt('/subscriptions/s/resourceGroups/sho')]) }] },
      [],
    ],
    [
      'a lock on a database below the account refuses nothing of ours',
      { locks: [{ scope: id, found: yes([lockAt(`${id}/sqlDatabases/shop`)]) }] },
      [],
    ],
    [
      'a lock on the subscription, in other letters',
      { locks: [{ scope: id, found: yes([lockAt('/SUBSCRIPTIONS/S')]) }] },
      ['wrong LOCK_READ_ONLY'],
    ],
    [
      'the vault of another cloud',
      configured({ vaultUrl: 'https://shop.vault.azure.cn' }),
      ['wrong CLOUD_MIXED'],
    ],
    [
      'a domain that nobody knows',
      configured({ armEndpoint: 'https://arm.local.azurestack.external' }),
      ['warning CLOUD_UNKNOWN'],
    ],
    [
      'tokens of another authority',
      vault({ authority: yes('https://login.microsoftonline.us/t') }),
      ['wrong VAULT_AUTHORITY_DIFFERS'],
    ],
    [
      'no vault',
      vault({ read: no('ENOTFOUND'), set: no('ENOTFOUND') }),
      ['wrong VAULT_UNREACHABLE'],
    ],
    ['no right to read', vault({ read: no('Forbidden', 403) }), ['wrong SECRET_GET_REFUSED']],
    ['no right to write', vault({ set: yes(false) }), ['wrong SECRET_SET_REFUSED']],
    [
      'not known whether it may',
      vault({ set: no('HTTP 500', 500) }),
      ['unasked SECRET_SET_UNKNOWN'],
    ],
    [
      'another content',
      vault({ read: yes({ latest: null, foreign: true }) }),
      ['wrong KEYSET_FOREIGN'],
    ],
    [
      'nothing there',
      vault({ read: yes({ latest: null, foreign: false }) }),
      ['warning KEYSET_MISSING'],
    ],
    ['a fence that nobody knows of', vault({ read: yes(fenced) }), ['warning KEYSET_FENCED']],
    [
      'a fence of the rotation that runs, and keys on their way',
      {
        ...vault({ read: yes(fenced) }),
        ...withStatus({ rotation: rotating('paused') }),
        keys: yes({ ...fingerprints, secondary: '3333333333333333' as Fingerprint }),
      },
      [],
    ],
    [
      'a key that somebody turned by hand, after a rotation',
      {
        ...withStatus({ rotation: rotating('completed') }),
        keys: yes({ ...fingerprints, secondary: '3333333333333333' as Fingerprint }),
      },
      ['wrong KEYSET_DIFFERS'],
    ],
    ['too long', vault({ bytes: 25_601 }), ['wrong SECRET_TOO_LARGE']],
    ['a region is silent', region({ reached: no('ETIMEDOUT') }), ['wrong REGION_UNREACHABLE']],
    [
      'a region is out of order',
      region({ reached: yes({ status: 503, blocked: false }) }),
      ['wrong REGION_UNREACHABLE'],
    ],
    [
      'a firewall',
      region({
        reached: yes({ status: 403, blocked: true }),
        keys: { primary: 'HTTP 403, other', secondary: null },
      }),
      ['wrong FIREWALL_BLOCKS'],
    ],
    [
      'a refused key',
      region({ keys: { primary: null, secondary: 'HTTP 401, wrong-key' } }),
      ['wrong KEY_REFUSED'],
    ],
    ['a key left out', region({ keys: { primary: null } }), ['unasked KEY_NOT_TRIED']],
    ['a clock a little off', clock(-31_000), ['warning CLOCK_OFF']],
    ['a clock far off', clock(301_000), ['wrong CLOCK_OFF']],
    [
      'a clock that is not told',
      { clocks: [{ of: 'ARM', aheadMs: no('no date') }] },
      ['unasked CLOCK_UNKNOWN'],
    ],
    ['no record of uses', { lastUse: no('HTTP 400') }, ['wrong EVIDENCE_UNREADABLE']],
    [
      '… which nobody asked for',
      { ...configured({ asksEvidence: false }), lastUse: no('HTTP 400') },
      [],
    ],
    ['the standby in use', used(43_199_999), ['warning STANDBY_RECENTLY_USED']],
    ['… 12 hours ago', used(43_200_000), []],
    [
      'ARM is asked by others',
      { budget: { 'x-ms-ratelimit-remaining-subscription-reads': 49 } },
      ['warning ARM_BUDGET_LOW'],
    ],
    ['nobody named a coordinator', { coordinator: null }, []],
    ['a silent one', { coordinator: no('refused') }, ['unasked COORDINATOR_SILENT']],
    [
      'one that turns another pair',
      withStatus({ pair: 'readOnly' }),
      ['wrong COORDINATOR_DIFFERS'],
    ],
    ['one that turns nothing of ours', { coordinator: yes(null) }, ['wrong COORDINATOR_DIFFERS']],
    ['not adopted', withStatus({ published: null }), ['warning NOT_ADOPTED']],
    ['nobody there', withStatus({ members: [] }), ['wrong FLEET_UNKNOWN', 'wrong MEMBER_MISSING']],
    [
      '… by somebody’s word',
      { ...withStatus({ members: [] }), ...configured({ members: [], acceptsNoFleet: true }) },
      [],
    ],
    ['heard just in time', withMember({ reportedMsAgo: 45_000 }), []],
    ['silent for long', withMember({ reportedMsAgo: 45_001 }), ['wrong MEMBER_STALE']],
    [
      '… as the policy has it',
      { ...withMember({ reportedMsAgo: 45_001 }), ...configured({ reportAgeMsMax: 60_000 }) },
      [],
    ],
    [
      'one that has left',
      withMember({ reportedMsAgo: 90_001, standing: 'gone' }),
      ['wrong FLEET_UNKNOWN'],
    ],
    [
      'a layout without fences',
      withMember({ acknowledged: { ...publication, version: 0 } as never }),
      ['wrong NOT_FENCED'],
    ],
    ['behind', withMember({ acknowledged: null }), ['warning KEYSET_BEHIND']],
    ['forgetful', withMember({ durable: false }), ['wrong MEMBER_NOT_DURABLE']],
    ['an older release', withMember({ release: '0.1.9' }), ['warning MEMBER_OLDER']],
    [
      'a lost client',
      withMember({ clients: { attached: 0, lost: ['c1', 'c2'] } }),
      ['wrong CLIENT_LOST', 'wrong CLIENT_LOST'],
    ],
  ]
  for (const [what, change, codes] of cases) t.same(codesOf(change), codes, what)
})

const lockAt = (scope: string) => ({
  id: `${scope}/providers/Microsoft.Authorization/locks/held`,
  level: 'ReadOnly',
})
const fenced = {
  latest: { ...publication, fenced: ['secondary' as const], installation: 'i' },
  foreign: false,
}
const region = (change: Partial<Facts['regions'][number]>): Partial<Facts> => ({
  regions: facts.regions.map(one => ({ ...one, ...change })),
})
const clock = (ms: number): Partial<Facts> => ({
  clocks: [{ of: 'West US', aheadMs: yes(ms) }],
})
const used = (msAgo: number): Partial<Facts> => ({
  lastUse: yes({ azureNow: 100_000_000, lastUse: { primary: 1, secondary: 100_000_000 - msAgo } }),
})

t.test('grants add up, in any case of letters, and notActions hold within their role', async t => {
  const [read = '', list = ''] = rotationActions
  const role = (actions: string[], notActions: string[] = []) => ({ actions, notActions })
  const everything = role(['*'], ['Microsoft.DocumentDB/databaseAccounts/listKeys/*'])
  t.ok(isGranted([everything], read))
  t.notOk(isGranted([everything], list))
  t.ok(isGranted([everything, role(['microsoft.documentdb/DATABASEACCOUNTS/*'])], list))
  t.notOk(isGranted([role(['Microsoft.DocumentDB/databaseAccountsX/read'])], read))
  t.notOk(isGranted([role(['MicrosoftXDocumentDB/databaseAccounts/read'])], read), 'a dot is one')
  t.notOk(isGranted([role(['*/write'])], read))
  t.ok(isGranted([role(['*/read'])], read))
})

t.test('every cloud is told by the names of its parts', async t => {
  t.equal(cloudOf('vault', 'https://x.vault.usgovcloudapi.net'), 'Azure Government')
  t.equal(cloudOf('data', 'https://x.documents.azure.cn:443/'), 'Azure in China')
  t.equal(cloudOf('data', 'https://documents.azure.com.example.org'), null)
  t.equal(cloudOf('arm', 'https://localhost:1'), cloudOf('vault', 'https://127.0.0.1:2'))
})

t.test('releases are compared part by part', async t => {
  t.ok(isOlder(undefined, '0.1.0'))
  t.ok(isOlder('0.9.9', '0.10.0'))
  t.notOk(isOlder('0.10.0', '0.9.9'))
  t.notOk(isOlder('1.0.0', '1.0.0'))
  t.ok(isOlder('1.0', '1.0.1'))
})
