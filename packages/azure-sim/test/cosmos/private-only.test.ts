import t from 'tap'
import { AzureSim } from '../../src/index.ts'
import { armRequest, rawRequest, trust } from '../clients.ts'

t.test(
  'an account that is closed to the public internet refuses before it asks for a key',
  async t => {
    const sim = await AzureSim.start({ seed: 18, management: { durationMs: 0 } })
    t.teardown(() => sim.stop())
    trust(sim)
    t.equal((await rawRequest(sim.endpoint)).status, 401)
    const change = { properties: { publicNetworkAccess: 'Disabled' } }
    await armRequest(sim, 'PATCH', '', { body: change })
    t.match(await armRequest(sim, 'GET', ''), { body: change })
    for (const { endpoint } of [{ endpoint: sim.endpoint }, ...sim.regions]) {
      t.match(await rawRequest(endpoint), {
        status: 403,
        body: {
          code: 'Forbidden',
          message:
            /^Request originated from IP \S+ through public internet\. This is blocked by your/,
        },
      })
    }
  },
)
