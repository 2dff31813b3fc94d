import { AzureSim, VirtualClock } from '../../../packages/azure-sim/src/index.ts'
import { trust } from '../../../packages/azure-sim/test/clients.ts'
import { cosmosSituations } from './cosmos-situations.ts'
import { type DataAnswer, dataRequest } from './signed-request.ts'

type Situation = (sim: AzureSim, clock: VirtualClock) => Promise<DataAnswer | undefined>

const link = 'dbs/TestDatabase/colls/TestContainer'
const scope = 'https://cosmos.azure.com/.default'

const withToken = async (sim: AzureSim, token: string, path: string, verb = 'GET') =>
  dataRequest(sim, {
    ...{ verb, type: 'dbs', link: '', path, key: null, body: verb === 'GET' ? undefined : '{}' },
    headers: { authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${token}`) },
  } as Parameters<typeof dataRequest>[1])

/** What brings about each status and substatus. */
export const substatusSituations: Readonly<Record<string, Situation>> = {
  '401 5006': async () => {
    const later = new VirtualClock()
    const sim = await AzureSim.start({ clock: later, tokenLifetimeSeconds: 60 })
    trust(sim)
    const { token } = await sim.credential.getToken(scope)
    later.advance(600_000)
    const answer = await withToken(sim, token, '/dbs')
    await sim.stop()
    return answer
  },

  '401 5202': async (sim, clock) =>
    (await cosmosSituations['gateway401_localAuthDisabled']?.(sim, clock))?.[0],

  '403 3': async sim => {
    const region = sim.regions.find(({ writable }) => !writable)
    return dataRequest(sim, {
      ...{ verb: 'POST', type: 'docs', link, path: `/${link}/docs`, body: '{"id":"a"}' },
      ...{ headers: { 'x-ms-documentdb-partitionkey': '["a"]' } },
      ...(region === undefined ? {} : { endpoint: region.endpoint }),
    })
  },

  '403 5300': async sim => {
    const { token } = await sim.credential.getToken(scope)
    return withToken(sim, token, '/dbs', 'POST')
  },
}
