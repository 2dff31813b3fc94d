import { randomBytes } from 'node:crypto'
import type { AzureSim, VirtualClock } from '../../../packages/azure-sim/src/index.ts'
import { type DataAnswer, type DataRequest, dataRequest, keyOf } from './signed-request.ts'

type Situation = (sim: AzureSim, clock: VirtualClock) => Promise<readonly DataAnswer[]>

const link = 'dbs/TestDatabase/colls/TestContainer'
const documents = { type: 'docs', link, path: `/${link}/docs` } as const

/** The database and container that the recorded request named. */
export const prepared = async (sim: AzureSim): Promise<void> => {
  const json = { 'content-type': 'application/json' }
  const create = async (request: DataRequest) => {
    const { status } = await dataRequest(sim, { verb: 'POST', headers: json, ...request })
    if (status !== 201) throw new Error(`preparing ${request.path} was answered with ${status}`)
  }
  await create({ type: 'dbs', link: '', path: '/dbs', body: '{"id":"TestDatabase"}' })
  await create({
    ...{ type: 'colls', link: 'dbs/TestDatabase', path: '/dbs/TestDatabase/colls' },
    body: '{"id":"TestContainer","partitionKey":{"paths":["/id"],"kind":"Hash","version":2}}',
  })
}

/** What brings about each recorded refusal; the answers that must all be so. */
export const cosmosSituations: Readonly<Record<string, Situation>> = {
  gateway401_wrongKey: async sim => {
    const key = randomBytes(64).toString('base64')
    const date = 'Sat, 18 Jun 2022 08:34:53 GMT'
    return [await dataRequest(sim, { ...documents, verb: 'POST', key, date, body: '{"id":"a"}' })]
  },

  readOnlyKeyOnWrite: async sim => {
    const key = keyOf(sim, 'primaryReadonly')
    const partition = { 'x-ms-documentdb-partitionkey': '["a"]' }
    const batch = { ...partition, 'x-ms-cosmos-is-batch-request': 'True' }
    const reads = await dataRequest(sim, { ...documents, key })
    if (reads.status !== 200) throw new Error(`a read with the read-only key is ${reads.status}`)
    const script = `${link}/sprocs/s`
    return [
      await dataRequest(sim, {
        ...documents,
        verb: 'POST',
        key,
        headers: partition,
        body: '{"id":"a"}',
      }),
      await dataRequest(sim, { ...documents, verb: 'POST', key, headers: batch, body: '[]' }),
      await dataRequest(sim, {
        ...{ verb: 'POST', type: 'sprocs', link: script, path: `/${script}` },
        ...{ key, headers: partition, body: '[]' },
      }),
    ]
  },

  gateway401_headerMissing: async sim => [await dataRequest(sim, { ...documents, key: null })],

  gateway401_headerMalformed: async sim => [
    await dataRequest(sim, { ...documents, key: null, headers: { authorization: 'nonsense' } }),
  ],

  gateway401_localAuthDisabled: async sim => {
    sim.account.flags.disableLocalAuth = true
    const answer = await dataRequest(sim, documents)
    sim.account.flags.disableLocalAuth = false
    return [answer]
  },

  gateway403_clockSkew: async (sim, clock) => {
    const at = (ms: number) => new Date(clock.now() + ms).toUTCString()
    return [
      await dataRequest(sim, { ...documents, date: at(406_000) }),
      await dataRequest(sim, { ...documents, date: at(-1_000_000) }),
    ]
  },
}
