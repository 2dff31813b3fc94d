import { createServer } from 'node:net'
import t from 'tap'
import { AzureSim, type AzureSimOptions } from '../src/index.ts'

const refused: readonly (readonly [string, AzureSimOptions, RegExp])[] = [
  ['a negative seed', { seed: -1 }, /^The seed -1 is not usable/],
  ['a seed that is no whole number', { seed: 1.5 }, /^The seed 1.5 is not usable/],
  ['a seed beyond exact numbers', { seed: 2 ** 53 }, /^The seed/],
  ['no region', { regions: [] }, /^The regions {2}are not usable: give one to five/],
  ['six regions', { regions: ['a', 'b', 'c', 'd', 'e', 'f'] }, /one to five/],
  ['a region twice', { regions: ['West US', 'westus'] }, /one to five/],
  ['a port that is none', { ports: { arm: 70_000 } }, /^The arm port 70000 is not usable/],
  ['a port of nothing', { ports: { dns: 1 } as object }, /^There is no port called dns/],
  ['an account name with capitals', { accountName: 'Account' }, /^The account name Account/],
  ['a tenant that is no GUID', { tenantId: 'contoso' }, /^The tenantId contoso is not a GUID/],
  [
    'a rate above 1',
    { weather: { vault: { throttleRate: 2 } } },
    /weather\.vault\.throttleRate is 2/,
  ],
  ['weather nowhere', { weather: { mars: {} } as object }, /^There is no setting weather\.mars/],
  ['an unknown rate', { weather: { arm: { rain: 1 } as object } }, /weather\.arm\.rain; known are/],
  ['a data-plane rate above 1', { weather: { cosmos: { throttle: 3 } } }, /throttle is 3/],
  ['an unknown knob', { regeneration: { duration: 1 } as object }, /regeneration\.duration; known/],
  [
    'a backward span',
    { regeneration: { durationMs: [9, 3] } },
    /durationMs is \[9,3\]; give milliseconds/,
  ],
  ['a misspelt option', { sed: 7 } as object, /^There is no setting options\.sed; known are seed,/],
  ['a seed that is a text', { seed: '7' } as object, /options\.seed is "7"; give a number/],
  ['regions that are no list', { regions: 'x' } as object, /options\.regions is "x"; give a list/],
  [
    'a principal without actions',
    { principals: { a: {} as never } },
    /^The principal a has no list/,
  ],
  [
    'a principal that is a text',
    { principals: { a: '' as never } },
    /principals\.a is not an object/,
  ],
  ['an unknown role', { principals: { a: { roles: ['King'] } } }, /^The role King .* known are/],
  [
    'a certificate that is none',
    { principals: { a: { actions: [], certificates: ['x'] } } },
    /^A certificate of the principal a is not usable/,
  ],
  [
    'a subscription with a slash',
    { subscriptionId: 'a/b' },
    /^The subscriptionId a\/b is not usable/,
  ],
  ['a negative lag', { lastUsageLagMs: -1 }, /^The lastUsageLagMs -1/],
  ['a token of no life', { tokenLifetimeSeconds: 0 }, /^The tokenLifetimeSeconds 0/],
  ['a witness without memory', { witness: { recentMax: 0 } }, /^The witness's recentMax 0/],
  ['keys of another kind', { keys: 'weak' as 'random' }, /give random or seeded/],
]

const listening = () =>
  process.getActiveResourcesInfo().filter(name => name === 'TCPServerWrap').length

for (const [name, options, message] of refused) {
  t.test(`${name} is refused in one sentence`, async t => {
    await t.rejects(AzureSim.start(options), { code: 'SIM_OPTION_INVALID', message })
  })
}

t.test('a port in use is named, and nothing stays open', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const before = listening()
  await t.rejects(AzureSim.start({ ports: { arm: port } }), {
    code: 'SIM_PORT_IN_USE',
    message: `Port ${port} is already in use on this machine: choose another, or 0 for any that is free.`,
  })
  // A closed handle is gone a turn of the event loop later; one that stays open never is.
  while (listening() > before) await new Promise(resolve => setImmediate(resolve))
  await new Promise(resolve => other.close(resolve))
})

t.test('ports are those that were asked for, and regions follow the global one', async t => {
  const probe = await AzureSim.start()
  const port = Number(new URL(probe.endpoint).port)
  await probe.stop()
  const sim = await AzureSim.start({ ports: { cosmos: port } }).catch(() => undefined)
  if (sim === undefined) return t.comment('a port after a free one was taken')
  t.teardown(() => sim.stop())
  t.equal(sim.endpoint, `https://localhost:${port}/`)
  t.same(
    sim.regions.map(region => region.endpoint),
    [`https://localhost:${port + 1}/`, `https://localhost:${port + 2}/`],
  )
})

t.test('the seed is told, ids stay, and a description has no account key', async t => {
  const [one, other] = [await AzureSim.start(), await AzureSim.start({ seed: 5, keys: 'seeded' })]
  t.teardown(() => Promise.all([one.stop(), other.stop()]))
  t.ok(Number.isSafeInteger(one.seed))
  t.equal(other.seed, 5)
  t.equal(one.accountId, other.accountId)
  t.equal(one.principals['operator']?.clientId, other.principals['operator']?.clientId)
  t.not(one.principals['operator']?.clientSecret, other.principals['operator']?.clientSecret)
  const text = JSON.stringify(other.describe())
  for (const key of other.account.keysKnown()) t.notOk(text.includes(key.value))
})

t.test('five regions, one of them written to', async t => {
  const regions = ['West US', 'North Europe', 'East Asia', 'Brazil South', 'UK West']
  const sim = await AzureSim.start({ regions })
  t.teardown(() => sim.stop())
  t.same(
    sim.regions.map(({ name }) => name),
    regions,
  )
  t.same(
    sim.regions.map(({ writable }) => writable),
    [true, false, false, false, false],
  )
  t.equal(new Set(sim.regions.map(({ endpoint }) => endpoint)).size, 5)
})
