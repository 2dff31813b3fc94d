import fc from 'fast-check'
import t from 'tap'
import { Account, type Started } from '../../src/account/account.ts'
import type { GeographyKnobs } from '../../src/account/geography.ts'
import { randomKeys } from '../../src/account/keys.ts'
import { type Operation, statusAt } from '../../src/account/operation.ts'
import { chanceFrom } from '../../src/chance.ts'
import { VirtualClock } from '../../src/clock.ts'
import { defaultRegeneration } from '../../src/weather/propagation.ts'

const five = ['West US', 'North Europe', 'East US', 'Japan East', 'Brazil South']

function open(count = 3, knobs: Partial<GeographyKnobs> = {}, seed = 1) {
  const clock = new VirtualClock(1_800_000_000_000)
  const regions = five.slice(0, count)
  const account = new Account({
    name: 'a',
    regions,
    clock,
    chance: chanceFrom(seed),
    drawKey: randomKeys,
    regeneration: defaultRegeneration,
    geography: knobs,
  })
  const finish = (started: Started): Operation => {
    if (!('operation' in started)) throw new Error(JSON.stringify(started))
    clock.advance(started.operation.endsAt - clock.now())
    return started.operation
  }
  return { account, clock, finish }
}

const policies = (...names: string[]) =>
  names.map((locationName, failoverPriority) => ({ locationName, failoverPriority }))

const names = (account: Account): string[] => account.regions.map(({ name }) => name)
const writers = (account: Account): string[] =>
  account.regions.filter(({ writable }) => writable).map(({ name }) => name)

t.test('the first region is written to, the others are read in the order of priority', async t => {
  const { account } = open(5)
  t.same(names(account), five)
  t.same(writers(account), ['West US'])
})

t.test('a failover makes the region of priority 0 the write region', async t => {
  const { account, clock, finish } = open()
  const started = account.failover(policies('eastus', 'West US', 'NorthEurope'))
  t.same(writers(account), ['West US'])
  t.equal(account.provisioningState(), 'Updating')
  const operation = finish(started)
  t.equal(statusAt(operation, clock.now()), 'Succeeded')
  t.equal(account.provisioningState(), 'Succeeded')
  t.same(names(account), ['East US', 'West US', 'North Europe'])
  t.same(writers(account), ['East US'])
})

t.test(
  'in the gap of a failover no region takes writes, and one is still named for them',
  async t => {
    const { account, clock, finish } = open(2, { durationMs: 10_000, writeGapMs: 2_000 })
    const started = account.failover(policies('North Europe', 'West US'))
    let heldMs = 0
    for (let ms = 0; ms < 10_000; ms += 10) {
      clock.advance(10)
      const [writer, ...more] = account.regions.filter(({ writable }) => writable)
      t.equal(more.length, 0)
      if (writer?.writesHeld) heldMs += 10
    }
    t.equal(heldMs, 2_000)
    finish(started)
    t.same(writers(account), ['North Europe'])
  },
)

t.test('an offline write region hands over to the next, and comes back to be read', async t => {
  const { account, finish } = open()
  finish(account.takeOffline('westus'))
  t.same(names(account), ['North Europe', 'East US'])
  t.same(writers(account), ['North Europe'])
  t.match(account.geography.locations(), [{}, {}, { name: 'West US', state: 'offline' }])
  finish(account.bringOnline('West US'))
  t.same(names(account), ['North Europe', 'East US', 'West US'])
  t.same(writers(account), ['North Europe'])
})

t.test('regions are added and removed while the account runs', async t => {
  const { account, clock, finish } = open(2)
  const adding = account.update({ locations: policies('West US', 'North Europe', 'Japan East') })
  t.same(names(account), ['West US', 'North Europe'])
  t.match(account.geography.locations()[2], { name: 'Japan East', state: 'adding' })
  t.ok(account.geography.listening().includes('Japan East'))
  finish(adding)
  t.same(names(account), ['West US', 'North Europe', 'Japan East'])
  finish(account.update({ locations: policies('West US', 'Japan East') }))
  t.same(names(account), ['West US', 'Japan East'])
  clock.advance(1_000)
  t.same(account.geography.listening(), ['West US', 'Japan East'])
})

t.test('one operation at a time, whatever it is', async t => {
  const starts: ((account: Account) => Started)[] = [
    account => account.failover(policies('North Europe', 'West US', 'East US')),
    account => account.takeOffline('East US'),
    account => account.update({ flags: { disableLocalAuth: true } }),
    account => account.update({ locations: policies('West US') }),
  ]
  for (const start of starts) {
    const { account, finish } = open()
    const first = account.takeOffline('North Europe')
    t.same(start(account), { refused: 'locked' })
    t.equal(account.regenerate('primary'), undefined)
    t.equal(account.flags.disableLocalAuth, false)
    finish(first)
    t.ok(account.regenerate('primary'))
    t.same(account.takeOffline('East US'), { refused: 'locked' })
  }
})

t.test('flags hold when their operation is over', async t => {
  const { account, clock, finish } = open()
  const started = account.update({ flags: { disableLocalAuth: true } })
  t.equal(account.flags.disableLocalAuth, false)
  t.equal(account.provisioningState(), 'Updating')
  t.equal(statusAt(finish(started), clock.now()), 'Succeeded')
  t.equal(account.flags.disableLocalAuth, true)
  t.equal(account.running(), undefined)
})

t.test('an account that is deleted takes no key, and made anew takes other ones', async t => {
  const { account, finish } = open(2)
  const [former] = account.keysTakenBy('West US', 'write')
  const gone = account.remove()
  t.equal(account.life, 'deleting')
  t.equal(account.provisioningState(), 'Deleting')
  t.same(account.regenerate('primary'), undefined)
  finish(gone)
  t.equal(account.life, 'absent')
  t.same(names(account), [])
  t.same(account.keysTakenBy('West US', 'read'), [])
  t.ok(
    account.keysKnown().some(key => key === former),
    'and is remembered',
  )

  const { instanceId } = account
  const made = account.create({ locations: policies('southcentralus', 'westus') })
  t.equal(account.life, 'creating')
  t.same(account.keysTakenBy('South Central US', 'write'), [], 'not yet')
  finish(made)
  t.equal(account.life, 'present')
  t.same(names(account), ['South Central US', 'West US'])
  t.same(writers(account), ['South Central US'])
  t.not(account.instanceId, instanceId)
  const taken = account.keysTakenBy('South Central US', 'write')
  t.equal(taken.length, 2)
  t.notOk(taken.some(({ value }) => value === former?.value))
})

t.test('what makes no sense is refused with a reason, and changes nothing', async t => {
  const { account, finish } = open(3)
  finish(account.takeOffline('East US'))
  const refused: [Started, RegExp][] = [
    [account.failover(policies('West US', 'North Europe')), /East US is missing/],
    [account.failover(policies('Mars', 'West US', 'North Europe', 'East US')), /no region 'Mars'/],
    [account.failover(policies('East US', 'West US', 'North Europe')), /offline/],
    [account.failover([]), /At least one/],
    [account.failover([{ locationName: 'West US', failoverPriority: 1 }]), /unique/],
    [account.failover(policies('West US', 'westus', 'North Europe')), /twice/],
    [account.takeOffline('Mars'), /no region/],
    [account.takeOffline('East US'), /already/],
    [account.bringOnline('West US'), /already/],
    [account.update({ locations: policies('North Europe', 'East US') }), /write region/],
    [account.update({ locations: policies(...five, 'Sweden Central') }), /at most 5/],
    [
      account.update({ locations: policies('West US'), flags: { disableLocalAuth: true } }),
      /same time/,
    ],
  ]
  for (const [started, why] of refused) t.match(started, { refused: 'invalid', why })
  t.same(names(account), ['West US', 'North Europe'])
  finish(account.takeOffline('North Europe'))
  t.match(account.takeOffline('West US'), { refused: 'invalid', why: /only region/ })
})

t.test('a failed operation leaves a state that could be, and the lock is free again', async t => {
  for (const failedEffect of ['none', 'done'] as const) {
    const { account, clock, finish } = open(2, { failRate: 1, failedEffect })
    const operation = finish(account.failover(policies('North Europe', 'West US')))
    t.equal(statusAt(operation, clock.now()), 'Failed')
    t.same(writers(account), [failedEffect === 'none' ? 'West US' : 'North Europe'])
    finish(account.update({ locations: policies(writers(account)[0] ?? '', 'Japan East') }))
    t.equal(account.geography.locations().length, 2)
    t.equal(account.running(), undefined)
  }
})

t.test('at every moment of any history one region that serves is written to', async () => {
  const step = fc.record({
    do: fc.constantFrom('failover', 'offline', 'online', 'locations', 'wait'),
    region: fc.nat(4),
    order: fc.shuffledSubarray(five, { minLength: 1 }),
    ms: fc.nat(900),
  })
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 2, max: 5 }), fc.array(step), (seed, count, steps) => {
      const { account, clock } = open(count, { failRate: 0.3 }, seed)
      for (const { do: what, region, order, ms } of steps) {
        const name = five[region] ?? ''
        const known = account.geography.locations().map(place => place.name)
        if (what === 'failover') {
          account.failover(policies(...order.filter(n => known.includes(n))))
        } else if (what === 'offline') account.takeOffline(name)
        else if (what === 'online') account.bringOnline(name)
        else if (what === 'locations') account.update({ locations: policies(...order) })
        for (let passed = 0; passed <= ms; passed += 90) {
          clock.advance(90)
          if (writers(account).length !== 1) return false
          const open = account.geography.listening()
          if (!names(account).every(one => open.includes(one))) return false
        }
      }
      return true
    }),
  )
})
