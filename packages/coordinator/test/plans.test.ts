import { accountStatusSchema, dryRunSchema, retireCheckSchema } from '@keyturn/protocol'
import t, { type Test } from 'tap'
import { openArm } from '../src/azure/arm.ts'
import { openProber } from '../src/azure/probe.ts'
import { Coordinator, type CoordinatorConfigInput } from '../src/index.ts'
import { ask, configFor, startAzure, startCoordinator, until } from './support.ts'

const nobody = { is: 'none', acceptedBy: 'the test', reason: 'nobody is there' } as const

/** Verbs, those that are none among them. */
type Asked = { readonly verb: string } & Readonly<Record<string, unknown>>

type Policy = CoordinatorConfigInput['accounts'][number]['policy']

/** An account without a fleet, adopted: each of its pairs is an account to the coordinator. */
const start = async (t: Test, policy: Partial<Policy> = {}) => {
  const azure = await startAzure(t, { regeneration: { durationMs: 20 }, lastUsageLagMs: 0 })
  const config = configFor(t, azure)
  const accounts = config.accounts.flatMap(account => {
    const asked = { ...account, policy: { ...account.policy, fleet: nobody, ...policy } }
    const vault = { ...account.vault, secret: 'keyset-read' }
    return [asked, { ...asked, name: 'orders-read', pair: 'readOnly' as const, vault }]
  })
  const coordinator = await startCoordinator(t, azure, { ...config, accounts })
  const verb = (body: Asked, name = 'orders', by = 'ops') => say(coordinator, name, by, body)
  const status = async (name = 'orders') =>
    accountStatusSchema.parse((await ask(coordinator, 'GET', `/v1/accounts/${name}`)).body)
  for (const name of ['orders', 'orders-read']) {
    await verb({ verb: 'adopt' }, name)
    await until(async () => (await status(name)).published?.confirmed === true)
  }
  const phase = async (name = 'orders') => (await status(name)).rotation?.phase
  return { azure, coordinator, verb, status, phase }
}

const say = async ({ url, tokens }: Coordinator, name: string, by: string, body: Asked) => {
  const token = body.verb === 'approve' ? tokens.approver : tokens.operator
  const response = await fetch(`${url}/v1/accounts/${name}/verbs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'keyturn-operator': by,
    },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { code?: string }
  return response.ok ? 'done' : answer.code
}

const shown = (azure: Awaited<ReturnType<typeof startAzure>>) =>
  (['primary', 'secondary', 'primaryReadonly', 'secondaryReadonly'] as const).map(
    kind => azure.account.shown(kind).key.value,
  )

t.test('one slot, the read-only pair, an emergency: each turns the keys it names', async t => {
  const { azure, verb, phase } = await start(t)
  const before = shown(azure)
  t.equal(await verb({ verb: 'rotate', reason: 'due', slot: 'secondary' }), 'done')
  await until(async () => (await phase()) === 'completed')
  const afterOne = shown(azure)
  t.same(
    afterOne.map((key, index) => key !== before[index]),
    [false, true, false, false],
  )
  t.equal(await verb({ verb: 'rotate', reason: 'due' }, 'orders-read'), 'done')
  await until(async () => (await phase('orders-read')) === 'completed')
  const afterRead = shown(azure)
  t.same(
    afterRead.map((key, index) => key !== afterOne[index]),
    [false, false, true, true],
  )
  const leaked = { verb: 'rotate', reason: 'leaked', slot: 'primary', emergency: true }
  t.equal(await verb(leaked), 'done')
  await until(async () => (await phase()) === 'completed')
  t.same(
    shown(azure).map((key, index) => key !== afterRead[index]),
    [true, false, false, false],
  )
})

t.test(
  'a plan over the API tells steps, times, blockers and questions, and changes nothing',
  async t => {
    const { azure, coordinator, verb, phase } = await start(t)
    const before = shown(azure)
    const plan = async (query = '') =>
      dryRunSchema.parse((await ask(coordinator, 'GET', `/v1/accounts/orders/plan${query}`)).body)
    const first = await plan()
    t.equal(first.steps.length, 11)
    t.same(first.blockers, [], 'the key that remains was probed for it')
    t.equal(first.asks.length, 2)
    const ofActive = await plan('?slot=primary&emergency=true')
    t.same(ofActive.turns, ['primary'])
    t.same(ofActive.blockers, [])
    const used = azure.witness.testimony().keys.map(({ kind }) => kind)
    t.same([...new Set(used)], ['primary'], 'and Azure saw no use of the standby')
    t.equal((await ask(coordinator, 'GET', '/v1/accounts/orders/plan?slot=third')).status, 400)
    t.equal((await ask(coordinator, 'GET', '/v1/accounts/orders')).body['rotation'], null)
    t.same(shown(azure), before)
    await verb({ verb: 'rotate', reason: 'due', slot: 'secondary' })
    await until(async () => (await phase()) === 'completed')
    const second = await plan('?slot=secondary')
    t.ok(second.steps.every(({ basis }) => basis === 'history'))
  },
)

t.test('approvals by name, consumers by hook and by word, waivers by reason', async t => {
  const consumers = [
    { name: 'functions', by: 'hook' as const, command: [process.execPath, '-e', ''] },
    { name: 'monthly', by: 'operator' as const },
    { name: 'forgotten', by: 'operator' as const },
  ]
  const approval = { before: ['fencing-standby' as const], by: ['ada'] }
  const { verb, phase, status } = await start(t, { consumers, approval })
  const codes = async () =>
    (await status()).blockers.map(({ code, consumer }) => [code, consumer].join(' ').trim())
  await verb({ verb: 'rotate', reason: 'due', slot: 'secondary' })
  await until(async () => (await codes()).includes('APPROVAL_MISSING'))
  t.equal(await verb({ verb: 'approve' }, 'orders', 'ops'), 'NOT_AN_APPROVER')
  t.equal(await verb({ verb: 'approve' }, 'orders', 'ada'), 'done')
  await until(
    async () => (await codes()).join() === 'CONSUMER_PENDING monthly,CONSUMER_PENDING forgotten',
  )
  const acknowledged = { verb: 'acknowledge', consumer: 'monthly', reason: 'its run was well' }
  t.equal(await verb(acknowledged), 'done')
  const waiver = { verb: 'waive', code: 'CONSUMER_PENDING', consumer: 'forgotten', reason: 'gone' }
  t.equal(await verb(waiver), 'done')
  t.equal(await verb({ ...waiver, code: 'PROBE_FAILING', consumer: undefined }), 'NOT_WAIVABLE')
  await until(async () => (await phase()) === 'completed')
  t.match((await status()).rotation, {
    plan: 'standby',
    waivers: [{ code: 'CONSUMER_PENDING', consumer: 'forgotten', by: 'ops', reason: 'gone' }],
    approvals: [{ phase: 'fencing-standby', by: 'ada' }],
  })
})

t.test('a stray that only Azure sees holds the key until it stops', async t => {
  const evidence = { is: 'azure', lagMs: 2_000, strayQuietMs: 2_000, pollMs: 20 } as const
  const { azure, verb, phase, status } = await start(t, { evidence })
  const { accountId: account, credential, armEndpoint: endpoint } = azure
  const { regions, keys } = await openArm({ account, credential, endpoint }).look(null)
  const [region] = regions
  const stray = async () => region && openProber({ now: Date.now }).probe(region, keys.secondary)
  let seen = await status()
  let strays = true
  // Without a pause: whoever rested for two seconds would have stopped.
  const straying = until(async () => {
    await stray()
    return !strays
  })
  await verb({ verb: 'rotate', reason: 'due', slot: 'secondary' })
  await until(async () => {
    seen = await status()
    const { blockers, rotation } = seen
    const isSeen = blockers.some(({ code }) => code === 'RECENTLY_USED')
    return isSeen || rotation?.phase === 'completed'
  })
  strays = false
  await straying
  t.equal(seen.rotation?.phase, 'fencing-standby', 'it is seen, and blocks')
  await until(async () => (await phase()) === 'completed')
})

t.test('keys are retired when nobody has used any, and the word is given twice', async t => {
  const evidence = { is: 'azure', lagMs: 1_000, strayQuietMs: 0, pollMs: 20 } as const
  const { azure, coordinator, verb, status } = await start(t, {
    evidence,
    retire: { quietMs: 500 },
  })
  const against = async () =>
    retireCheckSchema.parse((await ask(coordinator, 'GET', '/v1/accounts/orders/retire')).body)
  await until(async () => (await against()).blockers.length === 0)
  const retire = { verb: 'retire', reason: 'Entra ID everywhere' }
  t.equal(await verb({ ...retire, confirm: true }), 'NOT_ASKED')
  t.equal(await verb(retire), 'done')
  t.equal(azure.account.flags.disableLocalAuth, false)
  t.equal(await verb({ ...retire, confirm: true }), 'done')
  await until(async () => (await status()).retirement === 'done')
  t.equal(azure.account.flags.disableLocalAuth, true)
  t.equal(await verb({ verb: 'rotate', reason: 'due' }), 'RETIRED')
})

t.test('a pattern or a time zone that nobody can read is told at the start', async t => {
  const azure = await startAzure(t)
  const config = configFor(t, azure)
  const window = { opens: '0 2 * * 6', timeZone: 'Europe/Berlin', forMs: 3_600_000 }
  const start = (changed: Partial<typeof window>) => {
    const windows = [{ ...window, ...changed }]
    const accounts = config.accounts.map(account => ({
      ...account,
      policy: { ...account.policy, windows },
    }))
    return new Coordinator({ config: { ...config, accounts }, credential: azure.credential })
  }
  t.doesNotThrow(() => start({}))
  t.throws(() => start({ opens: 'on Saturdays' }), { message: /no cron pattern/ })
  t.throws(() => start({ timeZone: 'Atlantis/Poseidonis' }), { message: /no time zone/ })
})
