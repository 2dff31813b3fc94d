import { CosmosClient } from '@azure/cosmos'
import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { rawRequest, trust } from '../clients.ts'

t.test('the clocks of all regions are off by one option, or each by its own', async t => {
  const minutes = 60_000
  const skewOf = async (sim: AzureSim, at: number): Promise<number> => {
    const { headers } = await rawRequest(sim.regions[at]?.endpoint ?? '')
    return Math.round((Date.parse(headers.get('date') ?? '') - Date.now()) / minutes)
  }
  const all = await AzureSim.start({ clockSkewMs: 30 * minutes })
  t.teardown(() => all.stop())
  trust(all)
  t.same([await skewOf(all, 0), await skewOf(all, 1)], [30, 30])
  const own = await AzureSim.start({ clockSkewMs: { 'North Europe': -40 * minutes } })
  t.teardown(() => own.stop())
  trust(own)
  t.same([await skewOf(own, 0), await skewOf(own, 1)], [0, -40])
})

t.test('a client whose clock is not the service’s is refused with 403 and can see why', async t => {
  const sim = await AzureSim.start({ clockSkewMs: 1_200_000 })
  t.teardown(() => sim.stop())
  trust(sim)
  const { value: key } = sim.account.shown('primary').key
  const client = new CosmosClient({ endpoint: sim.endpoint, key })
  t.teardown(() => client.dispose())
  await t.rejects(client.getDatabaseAccount(), {
    code: 403,
    message: /^The authorization token is not valid at the current time\./,
  })
})

t.test('a skew that is none, or of a region that is none, is refused by name', async t => {
  for (const clockSkewMs of ['5', { 'West US': '5' }, { Nowhere: 5 }] as never[]) {
    await t.rejects(AzureSim.start({ clockSkewMs }), { code: 'SIM_OPTION_INVALID' })
  }
})
